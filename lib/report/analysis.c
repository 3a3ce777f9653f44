#include "analysis.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_parts.h"

int par_analysis_init(struct par_analysis *analysis, const struct par_registry *registry,
	const struct par_machine *machine, const struct par_plan *plan,
	const struct par_records *records, json_t *run, struct par_error *error)
{
	int status;

	*analysis = (struct par_analysis){
		.registry = registry, .machine = machine, .run = run, .records = records
	};
	status = par_analysis_gather(analysis, plan);
	if (status == 0)
		status = par_analysis_speedups(analysis);
	if (status == 0)
		status = par_analysis_answers(analysis);
	if (status == 0)
		status = par_analysis_word(analysis);
	if (status == 0)
		status = par_analysis_caution(analysis);
	if (status == 0)
		status = par_analysis_brief(analysis);
	if (status == 0)
		return 0;
	par_analysis_fini(analysis);
	return par_fail(error, status, "analysis: %s", par_error_text(status));
}

void par_analysis_fini(struct par_analysis *analysis)
{
	for (size_t i = 0; i < analysis->cell_count; i++) {
		free(analysis->cells[i].times_ns);
		free(analysis->cells[i].rounds);
	}
	free(analysis->cells);
	free(analysis->by_cell);
	free(analysis->answers);
	free(analysis->findings);
	par_text_fini(&analysis->cautions);
	par_text_fini(&analysis->brief);
	*analysis = (struct par_analysis)PAR_ANALYSIS_INIT;
}

int par_analysis_add_finding(struct par_analysis *analysis, const struct par_finding *finding)
{
	struct par_finding *findings =
		reallocarray(analysis->findings, analysis->finding_count + 1, sizeof *findings);

	if (findings == NULL)
		return -ENOMEM;
	findings[analysis->finding_count++] = *finding;
	analysis->findings = findings;
	if (analysis->answer_count == 0 && analysis->finding_count == 1)
		memcpy(analysis->headline, finding->headline, sizeof analysis->headline);
	return 0;
}
