/*
 * latency: how long does a request wait when requests do not wait for each other?
 *
 * An open loop: requests arrive on a schedule, at a rate that no model can slow down. Axes: the
 * rate, and every model on every PU: pools and models with a worker for each request at 16 workers
 * a PU, pools also at 4, where requests queue once the rate passes what so few can serve; loops
 * with one worker a PU. Models of one worker are left out: the rates are made for all PUs.
 */
#include <string.h>

#include "experiment.h"
#include "phrase.h"
#include "waits.h"

#define NAME "latency"

#define FEW_A_PU  4
#define MANY_A_PU 16
/* Requests come from one schedule and some models are fed by one process: more PUs than these
 * would measure that. */
#define PUS_MOST 16

#define RATES_MAX 3

/* Requests a second for each PU; the lists end with 0. 4 workers that wait 1 ms serve some 3600. */
static const uint64_t rates[PAR_SCALES][RATES_MAX + 1] = {
	[PAR_SCALE_QUICK] = { 5000 },
	[PAR_SCALE_DEFAULT] = { 5000 },
	[PAR_SCALE_FULL] = { 500, 2000, 5000 },
};

/* How long a job lasts, unless it needs more for its percentiles: 299 requests tell the 99th, 2995
 * the 99.9th. */
static const uint64_t job_ms[PAR_SCALES] = {
	[PAR_SCALE_QUICK] = 150,
	[PAR_SCALE_DEFAULT] = 150,
	[PAR_SCALE_FULL] = 600,
};
#define REQUESTS_LEAST 300

struct corner {
	struct par_plan *plan;
	const struct par_machine *machine;
	const struct par_choice *choice;
	const struct par_workload *workload;
	uint64_t rate;
	unsigned pus;
};

static int add(const struct corner *corner, const struct par_model *model, unsigned workers)
{
	uint64_t rate = corner->rate * corner->pus;
	struct par_cell cell;

	par_cell_init(&cell, NAME, corner->workload, model, corner->choice->scale);
	cell.cores = corner->pus;
	cell.workers = workers;
	cell.tasks = rate * job_ms[corner->choice->scale] / 1000;
	if (cell.tasks < REQUESTS_LEAST)
		cell.tasks = REQUESTS_LEAST;
	cell.params[1] = rate;
	return par_plan_add(corner->plan, &cell, NULL, corner->machine);
}

static int add_model(const struct corner *corner, const struct par_model *model)
{
	bool quick = corner->choice->scale == PAR_SCALE_QUICK;
	int status = 0;

	if ((model->traits & PAR_TRAIT_ONE_CORE) != 0)
		return 0;
	if (quick && (model->traits & PAR_TRAIT_PROCESS) != 0) /* they queue as threads do */
		return 0;
	if ((model->traits & PAR_TRAIT_LOOP) != 0)
		return add(corner, model, corner->pus);
	if ((model->traits & PAR_TRAIT_PER_TASK) == 0)
		status = add(corner, model, FEW_A_PU * corner->pus);
	return status < 0 ? status : add(corner, model, MANY_A_PU * corner->pus);
}

static int latency_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	unsigned pus = par_choice_pus(choice, machine);
	struct corner corner = { .plan = plan,
		.machine = machine,
		.choice = choice,
		.workload = par_choice_workload(choice, "paced"),
		.pus = pus < PUS_MOST ? pus : PUS_MOST };
	const uint64_t *rate = rates[choice->scale];
	int status = 0;

	for (; status == 0 && corner.workload != NULL && *rate != 0; rate++) {
		corner.rate = *rate;
		for (size_t i = 0; status == 0 && choice->models[i] != NULL; i++)
			status = add_model(&corner, choice->models[i]);
	}
	return status;
}

/* What is said of a rate rests on all its cells. */
static int find_rate(struct par_analysis *analysis, const struct par_waits_rate *rate)
{
	struct par_finding finding = { .experiment = NAME };
	struct par_text text = PAR_TEXT_INIT;
	int status;

	for (size_t i = 0; i < rate->count && i < PAR_FINDING_CELLS_MAX; i++)
		finding.cells[finding.cell_count++] = (size_t)(rate->cells[i] - analysis->cells);
	par_waits_word(&text, rate);
	status = par_phrase_take(finding.headline, sizeof finding.headline, &text);
	return status < 0 ? status : par_analysis_add_finding(analysis, &finding);
}

static int latency_find(struct par_analysis *analysis)
{
	struct par_waits waits;
	int status = 0;

	par_waits_gather(&waits, analysis, NAME);
	for (size_t i = 0; status == 0 && i < waits.count; i++)
		status = find_rate(analysis, &waits.rates[i]);
	return status;
}

static const char *const latency_charts[] = { "latency", NULL };

const struct par_experiment par_experiment_latency = {
	.name = NAME,
	.summary = "requests on a fixed schedule, at several rates, on every PU",
	.question = "How long does a request wait?",
	.plan = latency_plan,
	.find = latency_find,
	.charts = latency_charts,
};
