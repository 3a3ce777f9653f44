#include "load.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "crew.h"
#include "load_client.h"
#include "process.h"
#include "shared.h"
#include "wait.h"

/* How long the death of the client may go unnoticed. */
#define LOOK_NS (20 * PAR_NS_PER_MS)

/* The steps of a run; the client's gate has the number of the last that is done. Step 0 is to be
 * ready; then they go round. */
enum part {
	PART_DISCONNECT, /* 3, 6, ... */
	PART_CONNECT,    /* 1, 4, ... */
	PART_RUN,        /* 2, 5, ... */
	PARTS,
};

struct par_load_block {
	_Alignas(PAR_CACHE_LINE) struct par_gate order; /* the owner's */
	_Alignas(PAR_CACHE_LINE) struct par_gate done;  /* the client's, one behind: 1 is ready */
	_Alignas(PAR_CACHE_LINE) int failure;           /* why it could not start */
	struct sockaddr_in address;
	struct par_load_board board;
	uint64_t numbers[]; /* latencies, then answers */
};

static void do_part(struct par_load_client *client, struct par_load_block *block, uint32_t step)
{
	switch ((enum part)(step % PARTS)) {
	case PART_CONNECT: par_load_client_connect(client, &block->address); break;
	case PART_RUN: par_load_client_run(client); break;
	case PART_DISCONNECT:
	case PARTS: par_load_client_disconnect(client); break;
	}
}

static _Noreturn void be_client(
	struct par_load_block *block, const struct par_load_spec *spec, pid_t owner)
{
	struct par_load_client *client = NULL;
	uint32_t step = 0;
	int code = par_process_enter(owner, -1);

	(void)signal(SIGPIPE, SIG_IGN);
	if (code == 0 && spec->where != NULL)
		code = par_affinity_apply(spec->where);
	if (code == 0)
		code = par_load_client_open(&client, spec, &block->board);
	block->failure = code;
	par_gate_set(&block->done, step + 1); /* publishes it, as below what was done */
	while (code == 0) {
		step = par_gate_wait(&block->order, step, 0, PAR_FUTEX_FOREVER);
		do_part(client, block, step);
		par_gate_set(&block->done, step + 1);
	}
	_exit(EXIT_FAILURE);
}

static bool dead(struct par_load *load)
{
	pid_t got;

	if (load->client <= 0)
		return true;
	do
		got = waitpid(load->client, NULL, WNOHANG);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		return false;
	load->client = 0;
	return true;
}

static int await_step(struct par_load *load)
{
	struct par_gate *done = &load->block->done;

	while (par_gate_wait(done, load->step, 0, LOOK_NS) == load->step)
		if (dead(load) && par_gate_wait(done, load->step, 0, 0) == load->step)
			return PAR_WORKER_DIED;
	return 0;
}

static int check(const struct par_load_spec *spec)
{
	if (spec->requests == 0 || spec->requests > UINT32_MAX || !(spec->rate > 0) ||
		spec->connections > PAR_LOAD_CONNECTIONS_MAX)
		return -EINVAL;
	return 0;
}

static int open_block(struct par_load *load, uint64_t requests)
{
	struct par_load_board *board;
	void *memory;
	int code;

	load->block_size = sizeof *load->block + 2 * requests * sizeof load->block->numbers[0];
	code = par_shared_open(&memory, load->block_size);
	if (code < 0)
		return code;
	load->block = memory;
	board = &load->block->board;
	board->requests = requests;
	board->latency_ns = load->block->numbers;
	board->answer = load->block->numbers + requests;
	return 0;
}

int par_load_open(struct par_load *load, const struct par_load_spec *spec)
{
	pid_t owner = getpid();
	int code = check(spec);

	*load = (struct par_load)PAR_LOAD_INIT;
	if (code == 0)
		code = open_block(load, spec->requests);
	if (code < 0)
		return code;
	load->client = fork();
	if (load->client == 0)
		be_client(load->block, spec, owner);
	if (load->client < 0) {
		code = -errno;
		load->client = 0;
	} else {
		code = await_step(load);
	}
	if (code == 0)
		code = load->block->failure;
	if (code < 0)
		par_load_close(load);
	return code;
}

static int next_part(struct par_load *load)
{
	if (load->client <= 0)
		return PAR_WORKER_DIED;
	load->step++;
	par_gate_set(&load->block->order, load->step);
	return await_step(load);
}

int par_load_connect(struct par_load *load, const struct sockaddr_in *address)
{
	load->block->address = *address;
	return next_part(load);
}

int par_load_run(struct par_load *load)
{
	return next_part(load);
}

int par_load_disconnect(struct par_load *load)
{
	return next_part(load);
}

const struct par_load_board *par_load_told(const struct par_load *load)
{
	return &load->block->board;
}

void par_load_close(struct par_load *load)
{
	if (load->client > 0)
		par_process_reap(load->client, 0);
	if (load->block != NULL)
		par_shared_close(load->block, load->block_size);
	*load = (struct par_load)PAR_LOAD_INIT;
}
