/*
 * tcp_echo: a connection a task. Connect to a server on the loopback interface, send `bytes`, wait
 * for the reply, which comes after `think_us`, and close.
 */
#include <errno.h>
#include <stdlib.h>

#include "bytes.h"
#include "clock.h"
#include "descriptors.h"
#include "server.h"
#include "workload.h"

static void tcp_echo_close(void *state)
{
	struct par_server *server = state;

	if (server != NULL)
		par_server_close(server);
	free(server);
}

static int tcp_echo_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct par_server_spec spec = {
		.request = setup->params[0],
		.reply = setup->params[0],
		.think_ns = setup->params[1] * PAR_NS_PER_US,
	};
	struct par_server *server = calloc(1, sizeof *server);
	int status;

	if (server == NULL)
		return par_fail(error, -ENOMEM, "tcp_echo: out of memory");
	status = par_descriptors_ensure(setup->in_flight, error);
	if (status == 0)
		status = par_server_open(server, "tcp_echo", &spec, error);
	if (status == 0)
		*state = server;
	else
		tcp_echo_close(server);
	return status;
}

/* The request is gone when the reply comes: one buffer serves both. */
static uint64_t tcp_echo_task(void *state, uint64_t index, struct par_io *io)
{
	const struct par_server *server = state;
	unsigned char message[PAR_SERVER_MESSAGE_MAX];
	int status;

	par_bytes_fill(message, server->spec.request, par_mix64(index));
	status = par_server_ask(server, io, message, message);
	if (status < 0) {
		par_io_fail(io, status);
		return 0;
	}
	return par_bytes_digest(0, message, server->spec.reply);
}

static const struct par_param params[] = {
	{ "bytes", "bytes sent and bytes received by a task", 64, 1, PAR_SERVER_MESSAGE_MAX },
	{ "think_us", "microseconds until the server replies", 1000, 0, 10000000 },
	{ 0 },
};

const struct par_workload par_workload_tcp_echo = {
	.name = "tcp_echo",
	.label = "TCP echo",
	.summary = "connect to a loopback server, send, wait for the reply, close",
	.bound = PAR_BOUND_IO,
	.params = params,
	.tasks = { 100, 120, 2000 },
	.cpu_ns = 50000,
	.wait_ns = 1100000,
	.in_flight_max = 1000,
	.unavailable = par_server_unavailable,
	.open = tcp_echo_open,
	.task = tcp_echo_task,
	.close = tcp_echo_close,
};
