/* The measuring half of a session: what the scheduler calls, and what a signal does. */
#include <errno.h>
#include <stdio.h>

#include "child.h"
#include "clock.h"
#include "precision.h"
#include "session.h"

static int save_progress(struct par_session *session, const char *ending)
{
	struct par_run_cost cost = session->before;

	cost.wall_ns += par_now_ns() - session->start;
	cost.measured_ns += session->executor.measured_ns;
	cost.visits = session->executor.visits;
	if (par_run_info_progress(session->info, &cost, ending) < 0)
		return par_fail(session->error, -ENOMEM, "no memory");
	return par_run_info_save(session->info, session->info_path, session->error);
}

static int on_visit(void *context, size_t cell, uint32_t round, struct par_record *record)
{
	struct par_session *session = context;

	return par_executor_visit(
		&session->executor, &session->plan.cells[cell].cell, round, record, session->error);
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

static bool on_stop(void *context)
{
	struct par_session *session = context;

	return par_signals_came(&session->signals, 1);
}

/* Asked while a visit runs. The first signal is answered at once, so that nobody presses twice. */
static bool on_stop_now(void *context)
{
	struct par_session *session = context;

	if (par_signals_came(&session->signals, 1) && !session->stopping) {
		session->stopping = true;
		par_meter_clear(&session->meter);
		fputs("Stopping after this visit; once more stops at once.\n", stderr);
	}
	return par_signals_came(&session->signals, 2);
}

int par_session_measure(struct par_session *session, struct par_error *error)
{
	struct par_rounds_spec spec = {
		.plan = &session->plan,
		.done = &session->done,
		.seed = session->seed,
		.budget_ns = session->budget_ns,
		.target = PAR_PRECISION_TARGET,
		.clock = par_clock_real(),
		.calls = { session, on_visit, on_round, on_progress, on_stop },
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
	session->start = par_now_ns();
	par_meter_init(&session->meter);
	status = par_rounds_run(&ending, &spec);
	par_meter_clear(&session->meter);
	if (status < 0 && error->text[0] == '\0')
		par_fail(error, status, "%s", par_error_text(status));
	if (status == 0)
		return save_progress(session, par_ending_name(ending));
	/* What was spent counts all the same, and the first trouble is the one to tell. */
	session->error = &ignored;
	(void)save_progress(session, NULL);
	return status;
}
