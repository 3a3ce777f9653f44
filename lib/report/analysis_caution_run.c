/*
 * Cautions about the run as a whole: how it ended, on what machine, with what program.
 */
#include <string.h>

#include "analysis_parts.h"
#include "page_doctor.h"
#include "phrase.h"

#define LOAD_LIMIT 0.25 /* load average a PU at the start */

const char *par_analysis_ending(const struct par_analysis *analysis)
{
	return json_string_value(json_object_get(analysis->run, "ended"));
}

static void caution_ending(struct par_text *out, const struct par_analysis *analysis)
{
	const char *ending = par_analysis_ending(analysis);

	if (ending == NULL)
		par_text_add(out,
			"The run has not ended: it was killed, or is still going. Intervals are "
			"wider than asked for. If it was killed, go on with --resume.\n");
	else if (strcmp(ending, "interrupted") == 0)
		par_text_add(out,
			"The run was interrupted: intervals are wider than asked for. Go on with "
			"--resume.\n");
	else if (strcmp(ending, "budget") == 0)
		par_text_add(out,
			"The time budget ended the run before every interval was as narrow as "
			"asked for and every model told apart.\n");
}

static const json_t *environment(const struct par_analysis *analysis, const char *name)
{
	return json_object_get(json_object_get(analysis->run, "environment"), name);
}

static const char *environment_text(const struct par_analysis *analysis, const char *name)
{
	const char *text = json_string_value(environment(analysis, name));

	return text == NULL ? "" : text;
}

static void caution_machine(struct par_text *out, const struct par_analysis *analysis)
{
	const struct par_machine *machine = analysis->machine;
	const char *hypervisor = environment_text(analysis, "hypervisor");
	const char *governor = environment_text(analysis, "governor");
	double load = json_number_value(environment(analysis, "load_1m"));

	if (machine->quota_cpus > 0.0)
		par_text_format(out,
			"A cgroup quota of %.3g CPUs applies: more workers than that are "
			"throttled.\n",
			machine->quota_cpus);
	if (load > LOAD_LIMIT * machine->allowed_pus)
		par_text_format(out,
			"The load average at the start was %.1f on %u PU%s: something else was "
			"running, or had just ended.\n",
			load, machine->allowed_pus, par_phrase_s(machine->allowed_pus));
	if (hypervisor[0] != '\0')
		par_text_format(out,
			"This is a virtual machine (%s), whose host may slow or move its CPUs: "
			"ratios within this run travel, times may not.\n",
			hypervisor);
	if (strcmp(governor, "powersave") == 0 || strcmp(governor, "mixed") == 0)
		par_text_format(out,
			"The CPU governor is \"%s\": clock speeds may have changed with the "
			"load.\n",
			governor);
}

/* Answers whose recommended cell is not pinned, and a program that was not built for speed. */
static void caution_method(struct par_text *out, const struct par_analysis *analysis)
{
	const char *build = json_string_value(json_object_get(analysis->run, "build_type"));
	size_t unpinned = 0;

	for (size_t i = 0; i < analysis->answer_count; i++) {
		size_t cell = analysis->answers[i].recommended_cell;

		unpinned += analysis->cells[cell].cell.placement == PAR_PLACE_NONE;
	}
	if (unpinned > 0)
		par_text_format(out,
			"In %zu of %zu answers the best cell is not pinned: the kernel chose where "
			"its workers ran.\n",
			unpinned, analysis->answer_count);
	if (build != NULL && strcmp(build, "Release") != 0)
		par_text_format(out,
			"The program was built as \"%s\", not as \"Release\": its times are not "
			"those of optimised code.\n",
			build);
}

void par_caution_run(struct par_text *out, const struct par_analysis *analysis)
{
	caution_ending(out, analysis);
	caution_machine(out, analysis);
	par_page_doctor_caution(out, analysis->run);
	caution_method(out, analysis);
}
