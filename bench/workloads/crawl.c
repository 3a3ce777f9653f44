/*
 * crawl: wait, then compute, as a crawler or a web service does. A task fetches a page from a
 * loopback server and then hashes it over and over.
 *
 * A task is worth `task_us` microseconds. `wait_share` percent of them the server thinks; for the
 * rest the task computes. How many hashes that is must not depend on the machine, or digests would:
 * it is reckoned at BYTES_PER_US, a nominal speed of SHA-256.
 */
#include <errno.h>
#include <stdlib.h>

#include "bytes.h"
#include "clock.h"
#include "descriptors.h"
#include "server.h"
#include "sha256_hash.h"
#include "workload.h"

#define BYTES_PER_US 300
#define REQUEST      8

struct crawl {
	struct par_server server;
	uint64_t hashes; /* of the page, by a task */
};

static void crawl_close(void *state)
{
	struct crawl *crawl = state;

	if (crawl != NULL)
		par_server_close(&crawl->server);
	free(crawl);
}

static int crawl_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	uint64_t page = setup->params[0], task_us = setup->params[1], share = setup->params[2];
	struct par_server_spec spec = {
		.request = REQUEST,
		.reply = page,
		.think_ns = task_us * share * PAR_NS_PER_US / 100,
	};
	struct crawl *crawl = calloc(1, sizeof *crawl);
	int status;

	if (crawl == NULL)
		return par_fail(error, -ENOMEM, "crawl: out of memory");
	crawl->hashes = task_us * (100 - share) * BYTES_PER_US / 100 / page;
	status = par_descriptors_ensure(setup->in_flight, error);
	if (status == 0)
		status = par_server_open(&crawl->server, "crawl", &spec, error);
	if (status == 0)
		*state = crawl;
	else
		crawl_close(crawl);
	return status;
}

/* Each hash goes into the next, so none can be left out. */
static uint64_t hash_page(const unsigned char *page, size_t size, uint64_t times)
{
	unsigned char out[PAR_SHA256_SIZE] = { 0 };
	struct par_sha256 hash;

	for (uint64_t i = 0; i < times; i++) {
		par_sha256_init(&hash);
		par_sha256_add(&hash, out, sizeof out);
		par_sha256_add(&hash, page, size);
		par_sha256_end(&hash, out);
	}
	return par_sha256_word(out);
}

static uint64_t crawl_task(void *state, uint64_t index, struct par_io *io)
{
	const struct crawl *crawl = state;
	size_t size = crawl->server.spec.reply;
	unsigned char request[REQUEST], page[PAR_SERVER_MESSAGE_MAX];
	int status;

	par_store64(request, index);
	status = par_server_ask(&crawl->server, io, request, page);
	if (status < 0) {
		par_io_fail(io, status);
		return 0;
	}
	return par_bytes_digest(hash_page(page, size, crawl->hashes), page, size);
}

static const struct par_param params[] = {
	{ "page", "bytes of a page", 4096, 64, PAR_SERVER_MESSAGE_MAX },
	{ "task_us", "microseconds of a task: waiting and computing", 1000, 1, 10000000 },
	{ "wait_share", "percent of them that are waiting", 50, 0, 100 },
	{ 0 },
};

const struct par_workload par_workload_crawl = {
	.name = "crawl",
	.label = "crawl",
	.summary = "fetch a page from a loopback server, then hash it: waiting and computing",
	.bound = PAR_BOUND_MIXED,
	.params = params,
	.tasks = { 80, 96, 1600 },
	.cpu_ns = 550000,
	.wait_ns = 600000,
	.in_flight_max = 1000,
	.unavailable = par_server_unavailable,
	.open = crawl_open,
	.task = crawl_task,
	.close = crawl_close,
};
