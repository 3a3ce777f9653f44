/*
 * hold: connections that are all open at once, one a task. Connect to a server on the loopback
 * interface, ask, and wait for the answer, which comes `hold_us` after the last of all has asked.
 *
 * Each 4,000 connections have a server of their own: no more fit into a listener's queue (SOMAXCONN
 * is 4,096), and one that overflows makes clients try again after a second.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "clock.h"
#include "crowd.h"
#include "descriptors.h"
#include "server.h"

#define CONNECTIONS_A_SERVER 4000
#define MESSAGE              8

struct hold {
	struct par_crowd crowd;
	unsigned servers, started;
	struct par_server server[];
};

static void hold_close(void *state)
{
	struct hold *hold = state;

	if (hold == NULL)
		return;
	par_crowd_close(&hold->crowd);
	while (hold->started > 0)
		par_server_close(&hold->server[--hold->started]);
	free(hold);
}

/* Server i has the tasks i, i + servers, ... */
static int start_server(struct hold *hold, const struct par_setup *setup, struct par_error *error)
{
	struct par_server_spec spec = {
		.request = MESSAGE,
		.reply = MESSAGE,
		.think_ns = setup->params[0] * PAR_NS_PER_US,
		.gather = (setup->tasks - hold->started + hold->servers - 1) / hold->servers,
	};
	int status = par_server_open(&hold->server[hold->started], "hold", &spec, error);

	hold->started += status == 0;
	return status;
}

static int hold_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	unsigned servers =
		(unsigned)((setup->tasks + CONNECTIONS_A_SERVER - 1) / CONNECTIONS_A_SERVER);
	unsigned share = setup->isolated ? setup->in_flight / setup->workers + 1 : setup->in_flight;
	struct hold *hold = calloc(1, sizeof *hold + servers * sizeof hold->server[0]);
	int status;

	if (hold == NULL)
		return par_fail(error, -ENOMEM, "hold: out of memory");
	hold->servers = servers;
	status = par_descriptors_ensure(share, error);
	while (status == 0 && hold->started < servers)
		status = start_server(hold, setup, error);
	if (status == 0)
		status = par_crowd_open(&hold->crowd, setup, error);
	if (status == 0)
		*state = hold;
	else
		hold_close(hold);
	return status;
}

static int hold_reset(void *state)
{
	struct hold *hold = state;

	return par_crowd_reset(&hold->crowd);
}

static int ask(const struct par_server *server, uint64_t index, struct par_io *io)
{
	unsigned char request[MESSAGE], reply[MESSAGE], expected[MESSAGE];
	int status;

	par_bytes_fill(request, sizeof request, par_mix64(index));
	status = par_server_ask(server, io, request, reply);
	if (status < 0)
		return status;
	par_server_expect(&server->spec, request, expected);
	return memcmp(reply, expected, sizeof reply) == 0 ? 0 : -EBADMSG;
}

static uint64_t hold_task(void *state, uint64_t index, struct par_io *io)
{
	struct hold *hold = state;
	int status;

	par_crowd_enter(&hold->crowd, io);
	status = ask(&hold->server[index % hold->servers], index, io);
	if (status < 0)
		par_io_fail(io, status);
	par_crowd_leave(&hold->crowd, index, io);
	return par_mix64(index);
}

static int hold_verify(void *state, struct par_error *error)
{
	const struct hold *hold = state;

	return par_crowd_verify(&hold->crowd, error);
}

static void hold_measure(void *state, double *values)
{
	struct hold *hold = state;

	par_crowd_measure(&hold->crowd, values);
}

static const struct par_param params[] = {
	{ "hold_us", "microseconds until the answers, from the last request on", 10000, 0,
		10000000 },
	{ 0 },
};

const struct par_workload par_workload_hold = {
	.name = "hold",
	.label = "connections at once",
	.summary = "as many loopback connections as tasks, all open at once",
	.bound = PAR_BOUND_IO,
	.params = params,
	.tasks = { 16, 100, 1000 },
	.cpu_ns = 50000,
	.wait_ns = 10100000,
	.in_flight_max = 20000,
	.together = true,
	.unranked = true,
	.unavailable = par_server_unavailable,
	.open = hold_open,
	.reset = hold_reset,
	.task = hold_task,
	.verify = hold_verify,
	.measures = par_crowd_measures,
	.measure = hold_measure,
	.close = hold_close,
};
