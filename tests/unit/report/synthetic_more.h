/*
 * synthetic_more: cells for a made-up run that are no part of `scaling`: tasks of several lengths,
 * where a model pays a known cost for each task, and requests at several rates.
 */
#ifndef PAR_SYNTHETIC_MORE_H
#define PAR_SYNTHETIC_MORE_H

#include "distance_json.h"
#include "synthetic.h"

static const struct par_param par_synthetic_steps[] = {
	{ .name = "steps", .summary = "1 ns each", .value = 10, .high = 1 << 30 }, { .name = NULL }
};
static const struct par_workload par_synthetic_spin = { .name = "spin",
	.label = "spin",
	.bound = PAR_BOUND_CPU,
	.params = par_synthetic_steps,
	.tasks = { 1000, 1000, 1000 },
	.unranked = true };

/* ns that a task costs besides its work, in the order of the models; serial pays nothing. */
static const double par_synthetic_grain[PAR_SYNTHETIC_MODELS] = { 0, 2e5, 100, 4e4, 30, 1, 60 };

#define PAR_SYNTHETIC_LENGTHS 6

static inline int par_synthetic_add(struct par_synthetic *s, const struct par_cell *cell,
	unsigned rounds, struct par_record *record)
{
	int status = par_plan_add(&s->plan, cell, NULL, &s->machine);

	record->status = PAR_STATUS_OK;
	if (status == 0)
		record->cell = s->plan.cells[s->plan.count - 1].cell.id;
	for (uint32_t round = 1; round <= rounds && status == 0; round++) {
		record->round = round;
		status = par_records_add(&s->records, record);
	}
	return status;
}

/* Tasks of 10 ns to 1 ms on every core; a model's efficiency is length / (length + cost). */
static inline int par_synthetic_add_grain(struct par_synthetic *s, unsigned rounds)
{
	double length = 10;
	int status = 0;

	for (int i = 0; i < PAR_SYNTHETIC_LENGTHS && status == 0; i++, length *= 10) {
		for (size_t m = 0; m < PAR_SYNTHETIC_MODELS && status == 0; m++) {
			const struct par_model *model = &par_synthetic_models[m];
			struct par_record record = PAR_RECORD_INIT;
			uint64_t sample;
			struct par_cell cell;

			par_cell_init(&cell, "granularity", &par_synthetic_spin, model,
				PAR_SCALE_DEFAULT);
			cell.params[0] = (uint64_t)length;
			if ((model->traits & PAR_TRAIT_ONE_CORE) == 0)
				cell.cores = cell.workers = s->machine.allowed_cores;
			sample = (uint64_t)((double)cell.tasks * (length + par_synthetic_grain[m]) /
					    cell.cores);
			record.samples_ns = &sample;
			record.sample_count = 1;
			status = par_synthetic_add(s, &cell, rounds, &record);
		}
	}
	return status;
}

static const struct par_param par_synthetic_rate[] = {
	{ .name = "rate", .summary = "a second", .value = 1000, .high = 1 << 30 }, { .name = NULL }
};
static const struct par_workload par_synthetic_paced = { .name = "paced",
	.label = "paced requests",
	.bound = PAR_BOUND_MIXED,
	.params = par_synthetic_rate,
	.tasks = { 300, 300, 3000 },
	.unranked = true };

/*
 * Three rates; all but one-core models, with four workers a core and, where they are no loops, with
 * sixteen. Few workers wait ten times as long; 99.9 % is told only at the last rate.
 */
static inline int par_synthetic_add_waits(struct par_synthetic *s, unsigned rounds)
{
	static const uint64_t rates[] = { 1000, 4000, 10000 }, time = 150000000;
	int status = 0;

	for (size_t i = 0; i < 3 * PAR_SYNTHETIC_MODELS * 2 && status == 0; i++) {
		const struct par_model *model = &par_synthetic_models[i / 2 % PAR_SYNTHETIC_MODELS];
		uint64_t rate = rates[i / (2 * PAR_SYNTHETIC_MODELS)], base = 1000000 + 1000 * i;
		const uint64_t sample = 150000000;
		struct par_record record = PAR_RECORD_INIT;
		struct par_cell cell;

		if ((model->traits & PAR_TRAIT_ONE_CORE) != 0 ||
			((model->traits & PAR_TRAIT_LOOP) != 0 && i % 2 == 1))
			continue;
		par_cell_init(&cell, "latency", &par_synthetic_paced, model, PAR_SCALE_DEFAULT);
		cell.cores = s->machine.allowed_pus;
		cell.workers = cell.cores * (i % 2 == 1 ? 16 : 4);
		cell.params[0] = rate;
		record.samples_ns = &sample;
		record.sample_count = 1;
		record.samples_ns = &time;
		record.sample_count = 1;
		record.latency_n = rate * 3 / 10;
		record.latency_ns[PAR_LATENCY_P50] = base;
		record.latency_ns[PAR_LATENCY_P90] = 2 * base;
		record.latency_ns[PAR_LATENCY_P99] = i % 2 == 1 ? 3 * base : 30 * base;
		record.latency_ns[PAR_LATENCY_P999] = rate == 10000 ? 50 * base : 0;
		record.latency_ns[PAR_LATENCY_MAX] = 60 * base;
		status = par_synthetic_add(s, &cell, rounds, &record);
	}
	return status;
}

/*
 * The distances of its PUs: as `ns` says of each level, and `later` times as far at the end of the
 * run; 0: nobody looked again.
 */
static inline int par_synthetic_add_distance(
	struct par_synthetic *s, const double ns[PAR_DISTANCE_LEVELS], double later)
{
	struct par_distance first, again;
	json_t *json = NULL;
	int status = par_distance_init(&first, &s->machine);

	status |= par_distance_init(&again, &s->machine);
	for (unsigned i = 0; i < first.count && status == 0; i++)
		for (unsigned j = 0; j < i; j++) {
			double near =
				ns[par_distance_level_of(&s->machine, first.pus[i], first.pus[j])];

			near *= 1 + 0.002 * ((i * 7 + j * 13) % 50);
			par_distance_set(&first, i, j, near);
			par_distance_set(&again, i, j, near * later);
		}
	if (status == 0)
		json = par_distance_json(&first, later > 0 ? &again : NULL);
	par_distance_fini(&first);
	par_distance_fini(&again);
	return json_object_set_new(s->run, "distance", json);
}

#endif
