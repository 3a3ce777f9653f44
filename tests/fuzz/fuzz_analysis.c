/*
 * The analysis of any plan and any valid records: it ends, and all that is said of them is whole,
 * valid text, on the terminal and on the pages. The input is read as bytes of a plan and records.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "fuzz.h"
#include "page.h"
#include "terminal.h"

#define CELLS_MAX   16
#define RECORDS_MAX 160
#define PUS         8

/* The bytes of the input, then zeros. */
struct source {
	const uint8_t *data;
	size_t size;
};

static uint8_t next(struct source *source)
{
	if (source->size == 0)
		return 0;
	source->size--;
	return *source->data++;
}

/* From 1 to 2^63 - 1, of every magnitude. */
static uint64_t next_time(struct source *source)
{
	uint64_t mantissa = 1 + next(source);

	return (mantissa << (next(source) % 55)) | 1;
}

/* A text that is hard on everyone who cuts it or places it on a page. */
static void next_reason(struct source *source, char *out, size_t size)
{
	static const char *const pieces[] = { "", "pthread_create: EAGAIN", "größer als 4 µs — ",
		"a|b`*_[c](d)<i>&amp;\\ ", "\xF0\x9F\x98\x80\xE2\x80\xAF", "new\nline\ttab\r",
		"'quoted' \"twice\" ", "averylongwordwithoutanyblankinitatallthatgoesonandon" };
	const char *piece = pieces[next(source) % 8];
	size_t length = strlen(piece), used = 0;

	for (unsigned n = next(source) % 24 + 1U; n > 0 && used + length < size; n--) {
		memcpy(out + used, piece, length);
		used += length;
	}
	out[used] = '\0';
}

static void next_cell(
	struct source *source, struct par_plan *plan, const struct par_machine *machine)
{
	static const char *const skips[] = { NULL, NULL, NULL, "too little memory" };
	const struct par_registry *registry = par_catalogue_registry();
	const struct par_experiment *const *experiments = par_catalogue_experiments();
	size_t count = 0;
	uint8_t how = next(source);
	struct par_cell cell;

	while (experiments[count] != NULL)
		count++;
	par_cell_init(&cell, experiments[next(source) % count]->name,
		registry->workloads[next(source) % par_registry_workload_count(registry)],
		registry->models[next(source) % par_registry_model_count(registry)],
		PAR_SCALE_DEFAULT);
	cell.cores = 1 + next(source) % 16;
	if ((cell.model->traits & PAR_TRAIT_ONE_CORE) != 0)
		cell.cores = 1;
	cell.workers = cell.cores * (how & 4 ? 3 : 1);
	cell.placement = (enum par_placement)(how >> 3 & 1);
	if ((how & 16) != 0)
		cell.params[0] *= 2;
	FUZZ_CHECK(par_plan_add(plan, &cell, skips[how % 4], machine) == 0, "no place");
}

static uint32_t next_samples(struct source *source, uint64_t samples[PAR_SAMPLES_MAX])
{
	uint64_t time = next_time(source);
	uint8_t how = next(source);
	uint32_t count = 1 + how % PAR_SAMPLES_MAX;

	for (uint32_t i = 0; i < count; i++) {
		samples[i] = time + (how & 64 ? time / 1000 * (next(source) % 200) : 0);
		if (samples[i] > INT64_MAX)
			samples[i] = INT64_MAX;
	}
	return count;
}

static double next_number(struct source *source)
{
	uint8_t how = next(source);

	return how < 40 ? NAN : how < 50 ? 0 : (double)next_time(source);
}

/* What only some machines and workloads tell. */
static void next_details(struct source *source, struct par_record *record)
{
	record->open_ns = next_time(source);
	record->cpu_ns = next_time(source);
	record->wall_ns = next_time(source);
	record->latency_n = next_time(source) % 100000;
	for (size_t i = 0; i < PAR_LATENCIES; i++)
		record->latency_ns[i] = record->latency_n > 0 ? next_time(source) : 0;
	record->running_ns = next_number(source);
	record->runnable_ns = next_number(source);
	record->blocked_ns = next_number(source);
	record->pss_bytes = next_number(source);
	record->worker_pss_bytes = next_number(source);
	record->peak_bytes = next_number(source);
	record->energy_j = next_number(source);
}

static void next_record(struct source *source, struct par_records *records,
	const struct par_plan *plan, uint32_t *rounds)
{
	size_t cell = next(source) % plan->count;
	uint8_t how = next(source);
	struct par_record record = PAR_RECORD_INIT;
	uint64_t samples[PAR_SAMPLES_MAX];
	char reason[PAR_REASON_MAX] = "";

	rounds[cell] += how % 16 == 0 ? 2 : 1;
	record.cell = plan->cells[cell].cell.id;
	record.round = rounds[cell];
	record.status = how < 160 ? PAR_STATUS_OK : how % PAR_STATUSES;
	record.reason = reason;
	record.samples_ns = samples;
	record.condition = how % 32 == 3 ? "cold" : how % 32 == 5 ? "warm" : "";
	if (record.status != PAR_STATUS_OK)
		next_reason(source, reason, sizeof reason);
	if (record.status == PAR_STATUS_OK || record.status == PAR_STATUS_UNTRUSTWORTHY)
		record.sample_count = next_samples(source, samples);
	if ((how & 8) != 0)
		next_details(source, &record);
	FUZZ_CHECK(par_records_add(records, &record) == 0, "no memory");
}

static void check_text(const char *what, const char *text)
{
	FUZZ_CHECK(fuzz_is_utf8(text, strlen(text)), "%s: no UTF-8: %s", what, text);
}

static void check_words(const struct par_analysis *analysis)
{
	check_text("headline", analysis->headline);
	check_text("machine", analysis->machine_line);
	check_text("cautions", par_text_get(&analysis->cautions));
	check_text("brief", par_text_get(&analysis->brief));
	for (size_t i = 0; i < PAR_KEY_NUMBERS; i++) {
		check_text("number", analysis->numbers[i].value);
		check_text("caption", analysis->numbers[i].caption);
	}
	for (size_t i = 0; i < analysis->answer_count; i++)
		check_text("verdict", analysis->answers[i].verdict_text);
	for (size_t i = 0; i < analysis->finding_count; i++)
		check_text("finding", analysis->findings[i].headline);
}

static void check_cells(const struct par_analysis *analysis)
{
	for (size_t i = 0; i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];

		check_text("reason", stats->reason);
		FUZZ_CHECK(stats->n <= stats->visits, "%u of %u visits", stats->n, stats->visits);
		FUZZ_CHECK(isnan(stats->ci_ns[0]) || (stats->ci_ns[0] <= stats->median_ns &&
							     stats->median_ns <= stats->ci_ns[1]),
			"%g not in [%g, %g]", stats->median_ns, stats->ci_ns[0], stats->ci_ns[1]);
		FUZZ_CHECK(stats->serial == SIZE_MAX || stats->serial < analysis->cell_count,
			"base %zu", stats->serial);
	}
}

static void check_json(const struct par_analysis *analysis)
{
	json_t *json = par_analysis_json(analysis);
	char *text = json == NULL ? NULL : json_dumps(json, JSON_ENSURE_ASCII);

	FUZZ_CHECK(text != NULL, "no analysis.json");
	FUZZ_CHECK(strstr(text, "\\ufffd") == NULL, "a cut character: %s", text);
	free(text);
	json_decref(json);
}

static void check_terminal(const struct par_analysis *analysis, bool utf8)
{
	struct par_text out = PAR_TEXT_INIT;

	par_terminal_answers(&out, analysis, 80, utf8);
	par_terminal_cautions(&out, analysis, 80, utf8);
	check_text("terminal", par_text_get(&out));
	for (const char *at = par_text_get(&out); !utf8 && *at != '\0'; at++)
		FUZZ_CHECK((*at & 0x80) == 0, "not ASCII: %s", par_text_get(&out));
	par_text_fini(&out);
}

static void check_sheets(const struct par_figures *figures)
{
	for (size_t i = 0; i < figures->count; i++) {
		const struct par_sheet *sheet = &figures->items[i].sheet;

		check_text("finding", sheet->finding);
		check_text("what", sheet->what);
		check_text("alt", sheet->alt);
		check_text("table", par_text_get(&sheet->data));
		for (size_t size = 0; size < PAR_SIZES; size++)
			check_text("marks", par_text_get(&sheet->layouts[size].marks));
	}
}

static void check_pages(const struct par_analysis *analysis)
{
	struct par_figures figures = PAR_FIGURES_INIT;
	struct par_text page = PAR_TEXT_INIT;
	struct par_error error = PAR_ERROR_INIT;
	struct par_palette palette;
	struct par_view view = { analysis, &figures, &palette };

	par_palette_init(&palette, analysis->registry);
	FUZZ_CHECK(par_figures_fill(
			   &figures, analysis, par_catalogue_experiments(), &palette, &error) == 0,
		"figures: %s", error.text);
	check_sheets(&figures);
	FUZZ_CHECK(par_page_markdown(&page, &view) == 0, "no Markdown");
	check_text("report.md", par_text_get(&page));
	par_text_clear(&page);
	FUZZ_CHECK(par_page_html(&page, &view, &error) == 0, "no HTML: %s", error.text);
	check_text("report.html", par_text_get(&page));
	par_text_fini(&page);
	par_figures_fini(&figures);
}

static void analyse(const struct par_machine *machine, const struct par_plan *plan,
	const struct par_records *records)
{
	const struct par_experiment *const *experiments = par_catalogue_experiments();
	struct par_analysis analysis = PAR_ANALYSIS_INIT;
	struct par_error error = PAR_ERROR_INIT;
	json_t *run = json_pack("{s:s, s:[s], s:{s:s}}", "ended", "complete", "command", "parbench",
		"environment", "kernel", "Linux");

	FUZZ_CHECK(par_analysis_init(&analysis, par_catalogue_registry(), machine, plan, records,
			   run, &error) == 0,
		"%s", error.text);
	for (size_t i = 0; experiments[i] != NULL; i++)
		FUZZ_CHECK(par_experiment_find(&analysis, experiments[i]) == 0, "%s",
			experiments[i]->name);
	check_words(&analysis);
	check_cells(&analysis);
	check_json(&analysis);
	check_terminal(&analysis, true);
	check_terminal(&analysis, false);
	check_pages(&analysis);
	par_analysis_fini(&analysis);
	json_decref(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source source = { data, size };
	struct par_pu pus[PUS] = { { .os_index = 0 } };
	struct par_machine machine = { .pus = pus,
		.pu_count = PUS,
		.allowed_pus = PUS,
		.allowed_cores = PUS,
		.cores = PUS,
		.packages = 1,
		.numa_nodes = 1,
		.kinds = 1,
		.memory_bytes = 1ULL << 34,
		.cpu_model = "Example CPU" };
	struct par_plan plan = PAR_PLAN_INIT;
	struct par_records records = PAR_RECORDS_INIT;
	uint32_t rounds[CELLS_MAX + 1] = { 0 };
	unsigned cells = 1 + next(&source) % CELLS_MAX;

	for (unsigned i = 0; i < PUS; i++)
		pus[i] = (struct par_pu){ .os_index = (int)i, .core = i, .allowed = true };
	for (unsigned i = 0; i < cells; i++)
		next_cell(&source, &plan, &machine);
	/* A model of one experiment is left out of the others' plans: there may be no cell. */
	for (unsigned i = 0; plan.count > 0 && i < RECORDS_MAX && source.size > 0; i++)
		next_record(&source, &records, &plan, rounds);
	analyse(&machine, &plan, &records);
	par_records_fini(&records);
	par_plan_fini(&plan);
	return 0;
}
