/*
 * serve: a server under an open load; the variants are kinds of servers (serving.h).
 *
 * Each task is a request: it waits "think time", as for a database, and computes. The first task of
 * a run plays the whole schedule with a client in a process of its own (load.h), and the others
 * only look up how their request went: so a run takes as long as its schedule, and what it tells
 * is in its latencies and measures.
 *
 * The server has the cell's PUs and is started anew for each run, outside the timed region, and
 * ended after it. The client goes to PUs that this program may use besides, not to hardware threads
 * of the same cores if others are left; where there are none it shares the server's, and the record
 * says so in `condition`.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "footprint.h"
#include "load.h"
#include "pin.h"
#include "pu_set.h"
#include "rng.h"
#include "server.h"
#include "serving.h"
#include "workload.h"

#define SEED 20121

/* A nominal speed: digests must not depend on the machine. About 2 ns each. */
#define STEPS_PER_US 500

/* Requests that a connection lives for: makers of processes and threads make one for so many. */
#define LIVES 16

/* Threads of the pool for each PU: more wait at once than it takes to fill a PU. */
#define POOL_A_PU 32
/* Processes made beforehand where connections come and go: each serves one at a time. */
#define PREFORK_FRESH 64

#define PATIENCE_NS (2 * PAR_NS_PER_S) /* besides the think time */
#define REQUEST_NS  (5 * PAR_NS_PER_S)
#define IDLE_NS     (30 * PAR_NS_PER_S)
#define DRAIN_NS    (2 * PAR_NS_PER_S)

/* Processes whose memory is looked at: others of a server are taken to be like them. */
#define LOOKED_AT 64

enum { CPU_US, THINK_US, CONNECTIONS, RATE };

struct serve {
	struct par_serving_spec spec;
	struct par_serving serving;
	struct par_load load;
	unsigned connections; /* 0: one for each request */
	bool apart;           /* the client has PUs to itself */
	pthread_mutex_t lock; /* who comes first plays; the others wait */
	bool played;
	int code;              /* of the play */
	uint64_t cpu_ns;       /* of the server, for the schedule */
	double before, memory; /* bytes of all; NaN: not told */
	struct par_affinity client;
};

static unsigned prefork_workers(const struct par_setup *setup)
{
	unsigned connections = (unsigned)setup->params[CONNECTIONS];

	return connections > 0 ? connections : PREFORK_FRESH;
}

static unsigned workers_of(enum par_serving_kind kind, const struct par_setup *setup)
{
	unsigned cores = setup->cores > 0 ? setup->cores : 1;

	switch (kind) {
	case PAR_SERVING_PREFORK: return prefork_workers(setup);
	case PAR_SERVING_THREAD_POOL: return POOL_A_PU * cores;
	default: return cores;
	}
}

static enum par_serving_kind kind_of(const char *variant)
{
	enum par_serving_kind kind = PAR_SERVING_FORK;

	while (kind + 1 < PAR_SERVING_KINDS && strcmp(variant, par_serving_name(kind)) != 0)
		kind++;
	return kind;
}

static bool is_pinned(const struct par_setup *setup)
{
	return setup->pus != NULL && setup->workers > 0 && setup->pus[0] >= 0;
}

/* Twice as many as the client has: one that was closed may not be gone yet when the next comes. */
static unsigned connections_for(unsigned clients)
{
	unsigned connections = clients > 0 ? 2 * clients + 16 : 2000;

	return connections < PAR_SERVING_CONNECTIONS_MAX ? connections
							 : PAR_SERVING_CONNECTIONS_MAX;
}

static void fill_spec(struct serve *serve, const struct par_setup *setup)
{
	enum par_serving_kind kind = kind_of(setup->variant);

	serve->connections = (unsigned)setup->params[CONNECTIONS];
	serve->spec = (struct par_serving_spec){
		.kind = kind,
		.workers = workers_of(kind, setup),
		.connections = connections_for(serve->connections),
		.request_ns = REQUEST_NS,
		.idle_ns = IDLE_NS,
		.drain_ns = DRAIN_NS,
		.pus = is_pinned(setup) ? setup->pus : NULL,
		.pu_count = setup->workers,
	};
}

/* --- where the client sits --- */

static void remove_all(struct par_affinity *from, const int *pus, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		par_affinity_remove(from, pus[i]);
}

/* Leaves out the hardware threads of the server's cores, unless nothing would be left. */
static void avoid_siblings(struct par_affinity *client, const struct par_setup *setup, pid_t parent)
{
	struct par_pu_set siblings = PAR_PU_SET_INIT;
	struct par_affinity apart = PAR_AFFINITY_INIT;

	if (par_pu_set_add_siblings(&siblings, "", setup->pus, setup->workers) == 0 &&
		par_affinity_init_of(&apart, parent) == 0) {
		remove_all(&apart, setup->pus, setup->workers);
		remove_all(&apart, siblings.pus, siblings.count);
		if (par_affinity_count(&apart) > 0) {
			struct par_affinity swap = *client;

			*client = apart;
			apart = swap;
		}
	}
	par_affinity_fini(&apart);
	par_pu_set_fini(&siblings);
}

/* This process keeps to the cell's PUs; its parent has those that the program may use. */
static void place_client(struct serve *serve, const struct par_setup *setup)
{
	pid_t parent = getppid();

	if (!is_pinned(setup) || par_affinity_init_of(&serve->client, parent) < 0)
		return;
	remove_all(&serve->client, setup->pus, setup->workers);
	serve->apart = par_affinity_count(&serve->client) > 0;
	if (serve->apart)
		avoid_siblings(&serve->client, setup, parent);
	else
		par_affinity_fini(&serve->client);
}

/* --- memory --- */

/* Of one process in bytes; NaN when it is gone. */
static double process_memory(pid_t pid)
{
	struct par_family family = PAR_FAMILY_INIT;
	uint64_t bytes = 0;
	int status = par_family_add(&family, pid, pid);

	if (status == 0)
		status = par_footprint_pss(&bytes, &family);
	par_family_fini(&family);
	return status < 0 ? (double)NAN : (double)bytes;
}

/* Of all processes of the server. Those that end meanwhile are taken to have been like the others,
 * and so are those that are not looked at. */
static double server_memory(const struct par_serving *serving)
{
	pid_t *pids = calloc(PAR_SERVING_CONNECTIONS_MAX + 1, sizeof *pids);
	size_t count, step, looked = 0;
	double sum = 0;

	if (pids == NULL)
		return NAN;
	count = par_serving_processes(serving, pids, PAR_SERVING_CONNECTIONS_MAX + 1);
	step = count / LOOKED_AT + 1;
	for (size_t i = 0; i < count; i += step) {
		double bytes = process_memory(pids[i]);

		if (!isnan(bytes)) {
			sum += bytes;
			looked++;
		}
	}
	free(pids);
	return looked > 0 ? sum / (double)looked * (double)count : (double)NAN;
}

/* Of this process, the client and, if it runs, the server: pages that are shared count once. */
static double memory_of(const struct serve *serve)
{
	double own = process_memory(getpid()) + process_memory(serve->load.client);

	return serve->serving.master > 0 ? own + server_memory(&serve->serving) : own;
}

/* --- the workload --- */

static void serve_close(void *state)
{
	struct serve *serve = state;

	if (serve == NULL)
		return;
	(void)par_serving_close(&serve->serving);
	par_load_close(&serve->load);
	par_affinity_fini(&serve->client);
	pthread_mutex_destroy(&serve->lock);
	free(serve);
}

static int serve_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct serve *serve = calloc(1, sizeof *serve);
	struct par_load_spec load = {
		.requests = setup->tasks,
		.rate = (double)setup->params[RATE],
		.seed = SEED,
		.connections = (unsigned)setup->params[CONNECTIONS],
		.lives = LIVES,
		.think_us = (uint32_t)setup->params[THINK_US],
		.steps = (uint32_t)setup->params[CPU_US] * STEPS_PER_US,
		.patience_ns = PATIENCE_NS + setup->params[THINK_US] * PAR_NS_PER_US,
	};
	int status = serve == NULL ? -ENOMEM : -pthread_mutex_init(&serve->lock, NULL);

	if (status < 0) {
		free(serve);
		return par_fail(error, status, "serve: %s", par_error_text(status));
	}
	fill_spec(serve, setup);
	place_client(serve, setup);
	load.where = &serve->client;
	load.apart = serve->apart;
	status = par_load_open(&serve->load, &load);
	if (status < 0) {
		serve_close(serve);
		return par_fail(error, status, "serve: the client could not start: %s",
			par_error_text(status));
	}
	*state = serve;
	return 0;
}

static int serve_reset(void *state)
{
	struct serve *serve = state;

	(void)par_serving_close(&serve->serving);
	serve->played = false;
	serve->code = 0;
	serve->before = memory_of(serve);
	serve->memory = NAN;
	return par_serving_open(&serve->serving, &serve->spec);
}

static int play(struct serve *serve)
{
	int status = par_load_connect(&serve->load, &serve->serving.address);

	serve->cpu_ns = par_serving_cpu_ns(&serve->serving);
	if (status == 0)
		status = par_load_run(&serve->load);
	serve->cpu_ns = par_serving_cpu_ns(&serve->serving) - serve->cpu_ns;
	if (serve->connections > 0)
		serve->memory = memory_of(serve) - serve->before;
	if (status == 0)
		status = par_load_disconnect(&serve->load);
	return status;
}

/* All requests of the run have ended when one of them is looked up. */
static uint64_t serve_task(void *state, uint64_t index, struct par_io *io)
{
	struct serve *serve = state;
	const struct par_load_board *board = par_load_told(&serve->load);

	pthread_mutex_lock(&serve->lock);
	if (!serve->played)
		serve->code = play(serve);
	serve->played = true;
	pthread_mutex_unlock(&serve->lock);
	if (serve->code < 0)
		par_io_fail(io, serve->code);
	else if (board->failed > 0)
		par_io_fail(io, board->code);
	return par_mix64(board->answer[index]);
}

/* The server's end is part of what is checked: nothing may be left under way. */
static int serve_verify(void *state, struct par_error *error)
{
	struct serve *serve = state;
	const struct par_load_board *board = par_load_told(&serve->load);
	int status = par_serving_close(&serve->serving);

	if (board->wrong > 0)
		return par_fail(error, -EBADMSG,
			"%llu answers were wrong, or given twice, or to nobody",
			(unsigned long long)board->wrong);
	if (board->answered != board->requests)
		return par_fail(error, -EBADMSG, "%llu of %llu requests were answered",
			(unsigned long long)board->answered, (unsigned long long)board->requests);
	if (status < 0)
		return par_fail(
			error, -EBADMSG, "the server did not end well: %s", par_error_text(status));
	return 0;
}

static const char *serve_condition(void *state)
{
	const struct serve *serve = state;

	return serve->apart ? "client on other CPUs" : "client on the same CPUs";
}

static size_t serve_latencies(void *state, const uint64_t **ns)
{
	const struct par_load_board *board = par_load_told(&((struct serve *)state)->load);

	*ns = board->latency_ns;
	return board->answered == board->requests ? board->requests : 0;
}

enum {
	REQUESTS_PER_SECOND,
	ERRORS,
	CPU_PER_REQUEST,
	CONNECTION_BYTES,
	CLIENT_LATE,
};

static const struct par_measure_kind measures[] = {
	[REQUESTS_PER_SECOND] = { "requests_per_second", "requests answered in a second",
		PAR_UNIT_PER_SECOND },
	[ERRORS] = { "errors", "requests without the right answer", PAR_UNIT_COUNT },
	[CPU_PER_REQUEST] = { "cpu_per_request", "CPU time of the server for a request",
		PAR_UNIT_NS },
	[CONNECTION_BYTES] = { "connection_bytes",
		"memory of the server (PSS, without the kernel's) over its connections",
		PAR_UNIT_BYTES },
	[CLIENT_LATE] = { "client_late", "how late the client itself sent, on average",
		PAR_UNIT_NS },
	{ .name = NULL },
};

static void serve_measure(void *state, double *values)
{
	const struct serve *serve = state;
	const struct par_load_board *board = par_load_told(&serve->load);
	double requests = (double)board->requests;

	values[REQUESTS_PER_SECOND] =
		board->span_ns > 0 ? (double)board->answered * 1e9 / (double)board->span_ns
				   : (double)NAN;
	values[ERRORS] = (double)(board->failed + board->wrong);
	values[CPU_PER_REQUEST] = (double)serve->cpu_ns / requests;
	values[CONNECTION_BYTES] =
		serve->connections > 0 ? fmax(serve->memory, 0) / serve->connections : (double)NAN;
	if (isnan(serve->memory))
		values[CONNECTION_BYTES] = NAN;
	values[CLIENT_LATE] = (double)board->late_ns / requests;
}

static const struct par_param params[] = {
	{ "cpu_us", "microseconds that a request computes, nominally (500 steps each)", 20, 0,
		PAR_SERVING_STEPS_MAX / STEPS_PER_US },
	{ "think_us", "microseconds that a request waits before it computes", 500, 0,
		PAR_SERVING_THINK_US_MAX },
	{ "connections", "connections that the client keeps; 0: one for each request", 64, 0,
		PAR_LOAD_CONNECTIONS_MAX },
	{ "rate", "requests that become due in a second", 4000, 1, 1000000 },
	{ 0 },
};

/* All wait for the client without par_io, and what they look up lies in this process. */
#define TRAITS (PAR_VARIANT_BLOCKS | PAR_VARIANT_THREADS)

static const struct par_variant variants[] = {
	{ "fork", "fork per connection", "a process for each connection", TRAITS, "fork", NULL },
	{ "prefork", "pre-forked pool",
		"processes made beforehand, each with one connection at a time", TRAITS,
		"process_pool", NULL },
	{ "thread", "thread per connection", "a thread for each connection", TRAITS, "thread",
		NULL },
	{ "thread_pool", "thread pool", "threads that share one epoll instance", TRAITS,
		"thread_pool", NULL },
	{ "loop", "event loop", "one loop, a coroutine for each connection", TRAITS, "coroutine",
		NULL },
	{ "loops", "pre-forked loops", "a process with an event loop for each CPU", TRAITS,
		"process_coroutine", NULL },
	{ .name = NULL },
};

const struct par_workload par_workload_serve = {
	.name = "serve",
	.label = "server",
	.summary = "requests to a server on the loopback interface, on a fixed schedule",
	.bound = PAR_BOUND_MIXED,
	.params = params,
	.tasks = { 300, 400, 2000 },
	.cpu_ns = 40000,
	.wait_ns = 210000,
	.variants = variants,
	.variant_needed = true,
	.unranked = true,
	.unavailable = par_server_unavailable,
	.open = serve_open,
	.reset = serve_reset,
	.task = serve_task,
	.condition = serve_condition,
	.verify = serve_verify,
	.measures = measures,
	.measure = serve_measure,
	.latencies = serve_latencies,
	.close = serve_close,
};
