/*
 * managed: every part adds to one counter that a manager keeps. Each of its requests is atomic, but
 * reading and then writing are two: without the manager's lock around them other parts come
 * between, and what they added is overwritten.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "manager.h"
#include "meeting.h"
#include "rng.h"
#include "shared.h"
#include "span.h"
#include "workload.h"

#define COUNTER "sum"
#define LOCK    "lock"

enum { ROUNDS }; /* of the parameters */

/* Adds one. 0 or -errno. */
typedef int managed_update(struct par_proxy *proxy, struct par_io *io);

/* In shared memory. */
struct board {
	struct par_meeting meeting;
	struct par_span span;
};

struct managed {
	struct par_manager manager;
	struct par_proxy proxy; /* of the visit, not of its parts */
	struct board *board;
	managed_update *update;
	uint64_t rounds, parts;
	bool spin;
};

static int read_then_write(struct par_proxy *proxy, struct par_io *io)
{
	int64_t value = 0;
	int status = par_proxy_counter_get(proxy, COUNTER, &value, io);

	return status < 0 ? status : par_proxy_counter_set(proxy, COUNTER, value + 1, io);
}

static int with_lock(struct par_proxy *proxy, struct par_io *io)
{
	int status = par_proxy_acquire(proxy, LOCK, PAR_MANAGER_FOREVER, io);

	if (status < 0)
		return status;
	status = read_then_write(proxy, io);
	return status < 0 ? status : par_proxy_release(proxy, LOCK, io);
}

static int at_once(struct par_proxy *proxy, struct par_io *io)
{
	return par_proxy_counter_add(proxy, COUNTER, 1, NULL, io);
}

static const struct {
	const char *variant;
	managed_update *update;
} ways[] = {
	{ "unlocked", read_then_write },
	{ "locked", with_lock },
	{ "one_request", at_once },
};

static void managed_close(void *state)
{
	struct managed *managed = state;

	if (managed == NULL)
		return;
	par_proxy_close(&managed->proxy, NULL);
	par_manager_close(&managed->manager);
	par_shared_close(managed->board, sizeof *managed->board);
	free(managed);
}

static int managed_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct managed *managed = calloc(1, sizeof *managed);
	void *board = NULL;
	int status;

	if (managed == NULL)
		return par_fail(error, -ENOMEM, "managed: out of memory");
	managed->proxy = (struct par_proxy)PAR_PROXY_INIT;
	managed->rounds = setup->params[ROUNDS];
	managed->parts = setup->tasks;
	managed->spin = setup->spin;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (strcmp(ways[i].variant, setup->variant) == 0)
			managed->update = ways[i].update;
	status = managed->update == NULL ? -EINVAL : par_shared_open(&board, sizeof(struct board));
	managed->board = board;
	if (status == 0)
		status = par_manager_open(&managed->manager);
	if (status == 0)
		status = par_proxy_open(&managed->proxy, &managed->manager.at);
	if (status < 0) {
		managed_close(managed);
		return par_fail(error, status, "managed: no manager for '%s': %s", setup->variant,
			par_error_text(status));
	}
	*state = managed;
	return 0;
}

static int managed_reset(void *state)
{
	struct managed *managed = state;

	par_meeting_init(&managed->board->meeting);
	par_span_init(&managed->board->span);
	return par_proxy_counter_set(&managed->proxy, COUNTER, 0, NULL);
}

static int add_all(const struct managed *managed, struct par_proxy *proxy, struct par_io *io)
{
	int status = par_meeting_join(
		&managed->board->meeting, (unsigned)managed->parts, managed->spin, io);

	par_span_begin(&managed->board->span);
	for (uint64_t i = 0; status == 0 && i < managed->rounds; i++)
		status = managed->update(proxy, io);
	par_span_end(&managed->board->span);
	return status;
}

static uint64_t managed_task(void *state, uint64_t index, struct par_io *io)
{
	const struct managed *managed = state;
	struct par_proxy proxy;
	int status = par_proxy_open(&proxy, &managed->manager.at);

	if (status == 0) {
		status = add_all(managed, &proxy, io);
		par_proxy_close(&proxy, io);
	}
	if (status < 0)
		par_io_fail(io, status);
	return par_mix64(index);
}

/* What the manager has counted, and what it should have. 0 or -errno. */
static int look(struct managed *managed, int64_t *sum, int64_t *made)
{
	*made = (int64_t)(managed->rounds * managed->parts);
	return par_proxy_counter_get(&managed->proxy, COUNTER, sum, NULL);
}

static int managed_verify(void *state, struct par_error *error)
{
	int64_t sum = 0, made;
	int status = look(state, &sum, &made);

	if (status < 0)
		return par_fail(
			error, status, "the manager does not answer: %s", par_error_text(status));
	if (sum != made)
		return par_fail(error, -EBADMSG, "the manager counts %lld after %lld updates",
			(long long)sum, (long long)made);
	return 0;
}

static void managed_measure(void *state, double *values)
{
	struct managed *managed = state;
	int64_t sum = 0, made;
	int status = look(managed, &sum, &made);

	values[0] = status < 0 ? (double)NAN : (double)(made - sum) / (double)made;
	values[1] = par_span_ns(&managed->board->span) / (double)made;
}

static const struct par_variant variants[] = {
	{ .name = "unlocked",
		.label = "read, then write",
		.summary = "two requests without a lock: updates are lost",
		.traits = PAR_VARIANT_LOSSY },
	{ .name = "locked",
		.label = "under the manager's lock",
		.summary = "acquire, read, write, release: four requests" },
	{ .name = "one_request",
		.label = "one request",
		.summary = "the manager adds: one request" },
	{ .name = NULL },
};

static const struct par_measure_kind measures[] = {
	{ "lost", "updates lost, of those made", PAR_UNIT_SHARE },
	{ "update_ns", "time for an update, over all parts", PAR_UNIT_NS },
	{ NULL, NULL, PAR_UNIT_NS },
};

static const struct par_param params[] = {
	{ "rounds", "updates that each part makes", 200, 1, 10000000 },
	{ 0 },
};

const struct par_workload par_workload_managed = {
	.name = "managed",
	.label = "manager",
	.summary = "parts add to a counter that a server process keeps",
	.bound = PAR_BOUND_IO,
	.params = params,
	.tasks = { 2, 2, 2 },
	.cpu_ns = 10000000,
	.wait_ns = 15000000,
	.in_flight_max = 256,
	.variants = variants,
	.variant_needed = true,
	.together = true,
	.unranked = true,
	.open = managed_open,
	.reset = managed_reset,
	.task = managed_task,
	.verify = managed_verify,
	.measures = measures,
	.measure = managed_measure,
	.close = managed_close,
};
