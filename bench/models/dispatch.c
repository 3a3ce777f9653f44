#include "dispatch.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "taskpool_imap.h"

/* Futures are kept for so many tasks at most: a longer job is handed over in such parts. */
#define PART_MAX 16384

/* So patient is a get with a timeout; it then asks again. */
#define TIMEOUT_NS PAR_NS_PER_S

const struct par_variant par_dispatch_variants[] = {
	{ .name = "apply", .label = "apply", .summary = "a task at a time: hand it over, wait" },
	{ .name = "async",
		.label = "apply_async, get",
		.summary = "hand over all, then get the results in order" },
	{ .name = "timeout",
		.label = "get with timeout",
		.summary = "hand over all, then get the results in order, each with a deadline" },
	{ .name = "callback",
		.label = "callback",
		.summary = "hand over all; a function of the caller takes each result" },
	{ .name = "imap",
		.label = "imap",
		.summary = "the results in order as they come, 64 tasks ahead" },
	{ .name = "imap_unordered",
		.label = "imap_unordered",
		.summary = "the results as they come, 64 tasks ahead" },
	{ .name = "map_1", .label = "map, chunk 1", .summary = "workers take an item at a time" },
	{ .name = "map_4", .label = "map, chunk 4", .summary = "workers take 4 items at a time" },
	{ .name = "map_16",
		.label = "map, chunk 16",
		.summary = "workers take 16 items at a time" },
	{ .name = "map_64",
		.label = "map, chunk 64",
		.summary = "workers take 64 items at a time" },
	{ .name = "map_256",
		.label = "map, chunk 256",
		.summary = "workers take 256 items at a time" },
	{ .name = "map_1024",
		.label = "map, chunk 1024",
		.summary = "workers take 1024 items at a time" },
	{ .name = "map_4096",
		.label = "map, chunk 4096",
		.summary = "workers take 4096 items at a time" },
	{ .name = "map_16384",
		.label = "map, chunk 16384",
		.summary = "workers take 16384 items at a time" },
	{ .name = "map_auto",
		.label = "map, automatic",
		.summary = "workers take a share of what is left, large at first" },
	{ 0 },
};

const struct par_measure_kind par_dispatch_measures[] = {
	{ "first_ns", "time until the caller has the first result", PAR_UNIT_NS },
	{ "in_order", "results that come right behind the one before them", PAR_UNIT_SHARE },
	{ "held_bytes", "memory that the pool and the job's results hold", PAR_UNIT_BYTES },
	{ 0 },
};

struct par_dispatch {
	const struct par_team_spec *spec;
	struct par_taskpool *pool;
	int (*call)(struct par_dispatch *dispatch, uint64_t first, uint64_t count);
	uint64_t chunk; /* of map; 0: automatic */
	struct par_future *futures;
	size_t future_count;
	size_t held_bytes; /* besides the pool */

	/* Of the run under way. */
	uint64_t start_ns, first_ns;
	uint64_t expected; /* the item that comes next if it comes in order */
	uint64_t taken, in_order;
	int code; /* the first failure */
};

/* --- in the workers --- */

/* Data is the index of a task; it stays, so that the caller sees which one has ended. */
static int run_task(void *context, unsigned worker, void *data)
{
	const struct par_team_spec *spec = context;
	struct par_io io;
	uint64_t index;

	memcpy(&index, data, sizeof(index));
	par_io_init_blocking(&io);
	par_job_work(&spec->work, index, index + 1, &io, &spec->tallies[worker]);
	return 0;
}

static int run_chunk(
	void *context, unsigned worker, uint64_t first, uint64_t count, uint64_t *results)
{
	const struct par_team_spec *spec = context;
	struct par_io io;

	(void)results;
	par_io_init_blocking(&io);
	par_job_work(&spec->work, first, first + count, &io, &spec->tallies[worker]);
	return 0;
}

/* --- in the caller --- */

/* A result of `count` items has come. `got`: which item it is of. */
static void take(struct par_dispatch *dispatch, uint64_t got, uint64_t count, int code)
{
	if (dispatch->taken == 0)
		dispatch->first_ns = par_now_ns() - dispatch->start_ns;
	if (got == dispatch->expected)
		dispatch->in_order += count;
	dispatch->expected = got + count;
	dispatch->taken += count;
	if (code && !dispatch->code)
		dispatch->code = code;
}

/* Of the task `index`; its result must be its own. */
static void take_future(
	struct par_dispatch *dispatch, uint64_t index, const struct par_future *future)
{
	uint64_t got = index;
	int code = future->code;

	if (!code)
		memcpy(&got, future->data, sizeof(got));
	if (got != index)
		code = -EBADMSG;
	take(dispatch, got, 1, code);
}

static int call_apply(struct par_dispatch *dispatch, uint64_t first, uint64_t count)
{
	for (uint64_t index = first; index < first + count; index++) {
		uint64_t got = index;
		int code = par_taskpool_apply(dispatch->pool, &got);

		take(dispatch, got, 1, code ? code : got == index ? 0 : -EBADMSG);
	}
	return 0;
}

static int hand_over(struct par_dispatch *dispatch, uint64_t first, uint64_t count)
{
	int code = 0;

	for (uint64_t i = 0; i < count && !code; i++) {
		uint64_t index = first + i;

		code = par_taskpool_submit(dispatch->pool, &dispatch->futures[i], &index);
	}
	return code;
}

static int call_async(struct par_dispatch *dispatch, uint64_t first, uint64_t count)
{
	int code = hand_over(dispatch, first, count);

	for (uint64_t i = 0; i < count && !code; i++) {
		(void)par_taskpool_get(dispatch->pool, &dispatch->futures[i], PAR_FUTEX_FOREVER);
		take_future(dispatch, first + i, &dispatch->futures[i]);
	}
	return code;
}

static int call_timeout(struct par_dispatch *dispatch, uint64_t first, uint64_t count)
{
	int code = hand_over(dispatch, first, count);

	for (uint64_t i = 0; i < count && !code; i++) {
		do
			(void)par_taskpool_get(dispatch->pool, &dispatch->futures[i], TIMEOUT_NS);
		while (dispatch->futures[i].pending);
		take_future(dispatch, first + i, &dispatch->futures[i]);
	}
	return code;
}

static void on_done(struct par_future *future)
{
	struct par_dispatch *dispatch = future->context;
	uint64_t got = dispatch->expected; /* of a task that failed nobody knows */

	if (!future->code)
		memcpy(&got, future->data, sizeof(got));
	take(dispatch, got, 1, future->code);
}

static int call_callback(struct par_dispatch *dispatch, uint64_t first, uint64_t count)
{
	int code;

	for (uint64_t i = 0; i < count; i++) {
		dispatch->futures[i].done = on_done;
		dispatch->futures[i].context = dispatch;
	}
	code = hand_over(dispatch, first, count);
	while (!code && par_taskpool_under_way(dispatch->pool) > 0)
		(void)par_taskpool_poll(dispatch->pool, PAR_FUTEX_FOREVER);
	return code;
}

static int call_imap_by(
	struct par_dispatch *dispatch, uint64_t first, uint64_t count, bool unordered)
{
	struct par_imap_spec spec = { .first = first, .count = count, .unordered = unordered };
	struct par_imap_result result;
	struct par_imap *imap;
	int code = par_imap_open(&imap, dispatch->pool, &spec);

	if (code)
		return code;
	while ((code = par_imap_next(imap, &result, PAR_FUTEX_FOREVER)) == 1) {
		uint64_t got = result.index;

		if (!result.code)
			memcpy(&got, result.data, sizeof(got));
		take(dispatch, got, 1,
			result.code           ? result.code
			: got == result.index ? 0
					      : -EBADMSG);
	}
	dispatch->held_bytes = par_imap_bytes(imap);
	par_imap_close(imap);
	return code;
}

static int call_imap(struct par_dispatch *dispatch, uint64_t first, uint64_t count)
{
	return call_imap_by(dispatch, first, count, false);
}

static int call_imap_unordered(struct par_dispatch *dispatch, uint64_t first, uint64_t count)
{
	return call_imap_by(dispatch, first, count, true);
}

static int call_map(struct par_dispatch *dispatch, uint64_t first, uint64_t count)
{
	uint64_t chunk = dispatch->chunk < count ? dispatch->chunk : count;
	int code = par_taskpool_map(dispatch->pool, first, count, chunk);

	take(dispatch, first, count, code);
	return 0;
}

/* --- the model's side --- */

struct call {
	const char *variant;
	int (*call)(struct par_dispatch *dispatch, uint64_t first, uint64_t count);
	bool futures; /* one a task */
};

static const struct call calls[] = {
	{ "apply", call_apply, false },
	{ "async", call_async, true },
	{ "timeout", call_timeout, true },
	{ "callback", call_callback, true },
	{ "imap", call_imap, false },
	{ "imap_unordered", call_imap_unordered, false },
	{ "map_", call_map, false },
};

static const struct call *find_call(const char *variant)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		const char *name = calls[i].variant;
		size_t length = strlen(name);

		if (strcmp(variant, name) == 0 ||
			(name[length - 1] == '_' && strncmp(variant, name, length) == 0))
			return &calls[i];
	}
	return NULL;
}

static int open_pool(struct par_dispatch *dispatch, bool processes)
{
	const struct par_team_spec *spec = dispatch->spec;
	struct par_taskpool_spec pool = {
		.workers = spec->workers,
		.processes = processes,
		.spin = spec->spin,
		.pus = spec->pus,
		.task = run_task,
		.chunk = run_chunk,
		.context = (void *)(uintptr_t)spec, /* only read */
	};

	return par_taskpool_open(&dispatch->pool, &pool);
}

int par_dispatch_open(struct par_dispatch **out, const struct par_team_spec *spec, bool processes)
{
	const struct call *call = find_call(spec->variant);
	struct par_dispatch *dispatch;
	int code;

	*out = NULL;
	if (!call)
		return -EINVAL;
	dispatch = calloc(1, sizeof(*dispatch));
	if (!dispatch)
		return -ENOMEM;
	dispatch->spec = spec;
	dispatch->call = call->call;
	dispatch->future_count = call->futures ? PART_MAX : 0;
	if (call->call == call_map) /* "auto" is 0 */
		dispatch->chunk = strtoull(spec->variant + strlen(call->variant), NULL, 10);
	code = open_pool(dispatch, processes);
	if (code)
		par_dispatch_close(dispatch);
	else
		*out = dispatch;
	return code;
}

/* Makes room for the futures of so many tasks; once, in a warm-up. */
static int grow(struct par_dispatch *dispatch, uint64_t count)
{
	size_t bytes = count * sizeof(*dispatch->futures);
	struct par_future *futures;

	if (dispatch->future_count == 0 || bytes <= dispatch->held_bytes)
		return 0;
	futures = calloc(count, sizeof(*futures));
	if (!futures)
		return -ENOMEM;
	free(dispatch->futures);
	dispatch->futures = futures;
	dispatch->held_bytes = bytes;
	return 0;
}

int par_dispatch_run(struct par_dispatch *dispatch, const struct par_job *job)
{
	uint64_t last = job->first + job->count, part;
	int code = 0;

	dispatch->expected = job->first;
	dispatch->taken = dispatch->in_order = 0;
	dispatch->code = 0;
	dispatch->start_ns = par_now_ns();
	for (uint64_t at = job->first; at < last && !code; at += part) {
		part = last - at;
		if (dispatch->future_count > 0 && part > dispatch->future_count)
			part = dispatch->future_count;
		code = grow(dispatch, part);
		if (!code)
			code = dispatch->call(dispatch, at, part);
	}
	if (!code && dispatch->taken != job->count)
		code = -EBADMSG;
	return code ? code : dispatch->code;
}

void par_dispatch_close(struct par_dispatch *dispatch)
{
	if (!dispatch)
		return;
	par_taskpool_close(dispatch->pool);
	free(dispatch->futures);
	free(dispatch);
}

void par_dispatch_measure(const struct par_dispatch *dispatch, double *values)
{
	bool any = dispatch->taken > 0;

	values[0] = any ? (double)dispatch->first_ns : NAN;
	values[1] = any ? (double)dispatch->in_order / (double)dispatch->taken : NAN;
	values[2] = (double)(par_taskpool_bytes(dispatch->pool) + dispatch->held_bytes);
}
