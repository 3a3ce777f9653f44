/*
 * The catalogue of a program that measures a model against itself (thread_pool and twin: the same
 * code under two names) and against one that is 3 % slower (slow). An instrument that can be
 * trusted calls the first a tie and finds the second.
 */
#include "catalogue.h"

#include "clock.h"
#include "models/pool.h"

#define SLOWER_PERCENT 3

static int twin_open(struct par_team **out, const struct par_team_spec *spec)
{
	return par_pool_open(out, spec, false);
}

static int slow_run(struct par_team *team, const struct par_job *job)
{
	uint64_t start = par_now_ns();
	int status = par_pool_run(team, job);
	uint64_t end = par_now_ns();

	end += (end - start) * SLOWER_PERCENT / 100;
	while (par_now_ns() < end)
		continue;
	return status;
}

static const struct par_model twin = {
	.name = "twin",
	.label = "twin",
	.short_label = "twin",
	.summary = "the thread pool under another name",
	.simplicity = 2,
	.look = { "#8A2D0C", "#FF9A6B", "#8A2D0C", "#FF9A6B", 5 },
	.open = twin_open,
	.run = par_pool_run,
	.close = par_pool_close,
};

static const struct par_model slow = {
	.name = "slow",
	.label = "slow twin",
	.short_label = "slow",
	.summary = "the thread pool, 3 % slower",
	.simplicity = 3,
	.look = { "#1D6B2F", "#7BD88F", "#1D6B2F", "#7BD88F", 9 },
	.open = twin_open,
	.run = slow_run,
	.close = par_pool_close,
};

extern const struct par_model par_model_serial, par_model_thread_pool;
extern const struct par_workload par_workload_primes, par_workload_mandelbrot, par_workload_matmul,
	par_workload_sha256, par_workload_nqueens, par_workload_triad, par_workload_chase,
	par_workload_timer, par_workload_pipe_echo, par_workload_tcp_echo;
extern const struct par_experiment par_experiment_scaling;

static const struct par_model *const models[] = { &par_model_serial, &par_model_thread_pool, &twin,
	&slow, NULL };

static const struct par_workload *const workloads[] = { &par_workload_primes,
	&par_workload_mandelbrot, &par_workload_matmul, &par_workload_sha256, &par_workload_nqueens,
	&par_workload_triad, &par_workload_chase, &par_workload_timer, &par_workload_pipe_echo,
	&par_workload_tcp_echo, NULL };

static const struct par_experiment *const experiments[] = { &par_experiment_scaling, NULL };

const struct par_registry *par_catalogue_registry(void)
{
	static const struct par_registry registry = { models, workloads };

	return &registry;
}

const struct par_experiment *const *par_catalogue_experiments(void)
{
	return experiments;
}
