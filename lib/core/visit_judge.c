#include "visit_state.h"

/* With more workers than PUs, or free to move, they wait for each other. */
static bool workers_alone(const struct par_visit *visit)
{
	return visit->spec->pus[0] >= 0 && visit->cell->workers <= visit->meter.pu_count;
}

void par_visit_judge(struct par_visit *visit)
{
	enum par_bound bound = visit->cell->workload->bound;
	const struct par_visit_meter *meter = &visit->meter;
	struct par_disturbed_visit disturbed = {
		.pus = meter->pu_count,
		.workers = visit->cell->workers,
		.waits = bound == PAR_BOUND_IO || bound == PAR_BOUND_MIXED,
		.run_ns = visit->run_ns,
		.delayed_ns = workers_alone(visit) ? par_visit_meter_delay(meter) : -1,
	};

	/* First what says more of the cause: a disturbed loop is a consequence. */
	if (par_disturbance_verdict(&visit->reason, &meter->disturbance, &disturbed) ||
		par_noise_verdict(&visit->reason, &visit->before, &visit->after))
		visit->status = PAR_STATUS_UNTRUSTWORTHY;
}
