/*
 * distance: how far are the cores from each other?
 *
 * It has no cells: every run measures the machine itself at its start and at its end (distance.h),
 * since the answer explains all of its charts.
 */
#include "experiment.h"

static int distance_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	(void)plan, (void)machine, (void)choice;
	return 0;
}

static const char *const distance_charts[] = { "distance", NULL };

const struct par_experiment par_experiment_distance = {
	.name = "distance",
	.summary = "a cache line between each two PUs, in every run; no cells of its own",
	.question = "How far are the cores from each other?",
	.plan = distance_plan,
	.charts = distance_charts,
};
