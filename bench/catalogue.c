#include "catalogue.h"

/* One line each. A line NAME stands for par_model_NAME in models/NAME.c, and so on. */
/* clang-format off */
#define MODELS(add) \
	add(serial) \
	add(fork) \
	add(process_pool) \
	add(thread) \
	add(thread_pool) \
	add(coroutine) \
	add(thread_coroutine) \
	add(process_coroutine) \
	add(gil) \
	add(python_serial) \
	add(python_threading) \
	add(python_multiprocessing) \
	add(python_asyncio)

#define WORKLOADS(add) \
	add(primes) \
	add(mandelbrot) \
	add(matmul) \
	add(sha256) \
	add(nqueens) \
	add(triad) \
	add(chase) \
	add(timer) \
	add(file_read) \
	add(file_write) \
	add(pipe_echo) \
	add(tcp_echo) \
	add(crawl) \
	add(spin) \
	add(birth) \
	add(paced) \
	add(admit) \
	add(turns) \
	add(phases) \
	add(transfer) \
	add(serve) \
	add(pingpong) \
	add(stream) \
	add(managed) \
	add(pipeline) \
	add(counter) \
	add(histogram) \
	add(table) \
	add(nap) \
	add(waits) \
	add(hold)

#define EXPERIMENTS(add) \
	add(scaling) \
	add(creation) \
	add(granularity) \
	add(dispatch) \
	add(sharing) \
	add(gil) \
	add(waiting) \
	add(channels) \
	add(pipeline) \
	add(coordination) \
	add(serving) \
	add(latency) \
	add(distance)
/* clang-format on */

#define DECLARE_MODEL(name)      extern const struct par_model par_model_##name;
#define DECLARE_WORKLOAD(name)   extern const struct par_workload par_workload_##name;
#define DECLARE_EXPERIMENT(name) extern const struct par_experiment par_experiment_##name;
#define MODEL_ENTRY(name)        &par_model_##name,
#define WORKLOAD_ENTRY(name)     &par_workload_##name,
#define EXPERIMENT_ENTRY(name)   &par_experiment_##name,

MODELS(DECLARE_MODEL)
WORKLOADS(DECLARE_WORKLOAD)
EXPERIMENTS(DECLARE_EXPERIMENT)

static const struct par_model *const models[] = { MODELS(MODEL_ENTRY) NULL };
static const struct par_workload *const workloads[] = { WORKLOADS(WORKLOAD_ENTRY) NULL };
static const struct par_experiment *const experiments[] = { EXPERIMENTS(EXPERIMENT_ENTRY) NULL };

const struct par_registry *par_catalogue_registry(void)
{
	static const struct par_registry registry = { models, workloads };

	return &registry;
}

const struct par_experiment *const *par_catalogue_experiments(void)
{
	return experiments;
}
