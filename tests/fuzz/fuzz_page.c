/* The facts of run.json on the pages: any of them may be missing, of another type, or hostile. */
#include <string.h>

#include "catalogue.h"
#include "fuzz.h"
#include "page.h"

/* An analysis of a run that has measured nothing: what the pages say comes from run.json. */
static void check_pages(json_t *run)
{
	static struct par_pu pus[] = { { .allowed = true } };
	struct par_machine machine = { .pus = pus,
		.pu_count = 1,
		.allowed_pus = 1,
		.allowed_cores = 1,
		.cores = 1,
		.packages = 1,
		.numa_nodes = 1,
		.kinds = 1 };
	struct par_plan plan = PAR_PLAN_INIT;
	struct par_records records = PAR_RECORDS_INIT;
	struct par_analysis analysis = PAR_ANALYSIS_INIT;
	struct par_figures figures = PAR_FIGURES_INIT;
	struct par_error error = PAR_ERROR_INIT;
	struct par_palette palette;
	struct par_view view = { &analysis, &figures, &palette };
	struct par_text page = PAR_TEXT_INIT;

	par_palette_init(&palette, par_catalogue_registry());
	FUZZ_CHECK(par_analysis_init(&analysis, par_catalogue_registry(), &machine, &plan, &records,
			   run, &error) == 0,
		"%s", error.text);
	FUZZ_CHECK(par_page_markdown(&page, &view) == 0, "no Markdown");
	FUZZ_CHECK(fuzz_is_utf8(par_text_get(&page), page.size), "%s", par_text_get(&page));
	par_text_clear(&page);
	FUZZ_CHECK(par_page_html(&page, &view, &error) == 0, "no HTML: %s", error.text);
	FUZZ_CHECK(fuzz_is_utf8(par_text_get(&page), page.size), "%s", par_text_get(&page));
	FUZZ_CHECK(strstr(par_text_get(&page), "<script") == NULL, "%s", par_text_get(&page));
	par_text_fini(&page);
	par_analysis_fini(&analysis);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *run = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);

	if (run != NULL)
		check_pages(run);
	json_decref(run);
	return 0;
}
