/* The measuring half of a session: what the scheduler calls, and what a signal does. */
#include <errno.h>
#include <stdio.h>

#include "child.h"
#include "clock.h"
#include "distance_json.h"
#include "precision.h"
#include "session.h"

/* Time in which something could be measured. Never goes back, since less than passed is left out.
 */
static uint64_t session_now(void *context)
{
	const struct par_session *session = context;

	return par_now_ns() - session->still_ns - session->signals.away_ns;
}

static int save_progress(struct par_session *session, const char *ending)
{
	struct par_run_cost cost = session->before;

	cost.wall_ns += session_now(session) - session->start;
	cost.measured_ns += session->executor.measured_ns;
	cost.visits = session->executor.visits;
	if (par_run_info_progress(session->info, &cost, ending) < 0)
		return par_fail(session->error, -ENOMEM, "no memory");
	return par_run_info_save(session->info, session->info_path, session->error);
}

static int on_visit(void *context, const struct par_visit_order *order, struct par_record *record)
{
	struct par_session *session = context;
	struct par_executor *executor = &session->executor;
	uint64_t start = session_now(session), passed;
	int status;

	executor->samples = order->samples;
	status = par_executor_visit(executor, &session->plan.cells[order->cell].cell, order->round,
		record, session->error);
	passed = session_now(session) - start;
	session->still_ns += executor->still_ns < passed ? executor->still_ns : passed;
	return status;
}

static int on_round(void *context, uint32_t round, const uint32_t *order, size_t count)
{
	struct par_session *session = context;

	if (par_run_info_add_round(session->info, round, order, count) < 0)
		return par_fail(session->error, -ENOMEM, "no memory");
	return save_progress(session, NULL);
}

static void on_progress(void *context, const struct par_progress *progress)
{
	struct par_session *session = context;

	par_meter_show(&session->meter, progress);
}

/* The first signal is answered at once, so that nobody presses twice. */
static void answer(struct par_session *session)
{
	struct par_signals *signals = &session->signals;

	par_signals_look(signals);
	if (signals->pausing) {
		par_meter_clear(&session->meter);
		par_signals_pause(signals);
		par_signals_look(signals);
	}
	if (session->stopping || !par_signals_ending(signals))
		return;
	session->stopping = true;
	par_meter_clear(&session->meter);
	if (par_signals_hurrying(signals))
		fputs("Stopping now: the visit under way is dropped, the report follows.\n",
			stderr);
	else
		fprintf(stderr, "Stopping after this visit%s.\n",
			signals->interrupts > 0 ? "; once more stops at once" : "");
}

/* Asked between visits. */
static bool on_stop(void *context)
{
	struct par_session *session = context;

	answer(session);
	return par_signals_ending(&session->signals);
}

/* Asked while a visit runs. */
static bool on_stop_now(void *context)
{
	struct par_session *session = context;

	answer(session);
	return par_signals_hurrying(&session->signals);
}

static int on_finished(void *context, size_t cell, const char *why)
{
	struct par_session *session = context;

	if (par_run_info_finish(session->info, cell, why) < 0)
		return par_fail(session->error, -ENOMEM, "no memory");
	return 0;
}

/* A visit that was dropped ends the rounds as a signal between visits does, unless told twice. */
static int end_early(struct par_session *session, enum par_ending *ending, int status)
{
	if (status != -ECANCELED || par_signals_aborting(&session->signals))
		return status;
	*session->error = (struct par_error)PAR_ERROR_INIT;
	*ending = PAR_ENDING_INTERRUPTED;
	return 0;
}

/* Whether the CPUs are as far from each other as they were: a hypervisor may have moved them. */
static int look_again(struct par_session *session)
{
	if (par_signals_hurrying(&session->signals))
		return 0;
	if (par_distance_note_again(session->info, session->machine) < 0)
		return par_fail(session->error, -ENOMEM, "no memory");
	return 0;
}

int par_session_measure(struct par_session *session, struct par_error *error)
{
	struct par_rounds_spec spec = {
		.plan = &session->plan,
		.done = &session->done,
		.seed = session->seed,
		.budget_ns = session->budget_ns,
		.target = PAR_PRECISION_TARGET,
		.clock = { session_now, session },
		.calls = { session, on_visit, on_round, on_progress, on_stop, on_finished },
	};
	struct par_error ignored = PAR_ERROR_INIT;
	enum par_ending ending;
	int status = par_child_adopt();

	if (status == 0)
		status = par_signals_open(&session->signals);
	if (status < 0)
		return par_fail(error, status, "signals: %s", par_error_text(status));
	session->error = error;
	session->executor.stop = on_stop_now;
	session->executor.stop_context = session;
	session->start = session_now(session);
	par_meter_init(&session->meter);
	status = end_early(session, &ending, par_rounds_run(&ending, &spec));
	par_meter_clear(&session->meter);
	if (status < 0 && error->text[0] == '\0')
		par_fail(error, status, "%s", par_error_text(status));
	if (status == 0)
		status = look_again(session);
	if (status == 0)
		return save_progress(session, par_ending_name(ending));
	/* What was spent counts all the same, and the first trouble is the one to tell. */
	session->error = &ignored;
	(void)save_progress(session, NULL);
	return status;
}
