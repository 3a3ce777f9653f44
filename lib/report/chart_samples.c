#include "chart_samples.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart_format.h"
#include "density.h"
#include "describe.h"

/* Takes every sample of a cell's good visits, or only counts them; returns how many there are. */
static size_t take_samples(struct par_sample_row *row, const struct par_cell_stats *stats)
{
	size_t count = 0;

	for (unsigned i = 0; i < stats->visits; i++) {
		const struct par_record *record = stats->records[i];

		if (record->status != PAR_STATUS_OK)
			continue;
		for (uint32_t j = 0; j < record->sample_count; j++, count++) {
			if (row == NULL)
				continue;
			row->values_ns[count] = (double)record->samples_ns[j];
			row->rounds[count] = record->round;
		}
	}
	return count;
}

static int take_row(struct par_sample_row *row, const struct par_analysis *analysis,
	const struct par_rank *rank)
{
	row->rank = rank;
	row->stats = &analysis->cells[rank->cell];
	row->count = take_samples(NULL, row->stats);
	row->step = (row->count + PAR_SAMPLE_DOTS_MAX - 1) / PAR_SAMPLE_DOTS_MAX;
	row->values_ns = calloc(row->count + 1, sizeof *row->values_ns);
	row->sorted_ns = calloc(row->count + 1, sizeof *row->sorted_ns);
	row->rounds = calloc(row->count + 1, sizeof *row->rounds);
	if (row->values_ns == NULL || row->sorted_ns == NULL || row->rounds == NULL)
		return -ENOMEM;
	take_samples(row, row->stats);
	memcpy(row->sorted_ns, row->values_ns, row->count * sizeof *row->values_ns);
	par_sort(row->sorted_ns, row->count);
	for (size_t i = 1; i < row->count; i++) {
		if (row->values_ns[i] < row->values_ns[row->fastest])
			row->fastest = i;
		if (row->values_ns[i] > row->values_ns[row->slowest])
			row->slowest = i;
	}
	return 0;
}

static void free_row(struct par_sample_row *row)
{
	free(row->values_ns);
	free(row->sorted_ns);
	free(row->rounds);
	memset(row, 0, sizeof *row);
}

static int gather(struct par_sample_set *set, const struct par_analysis *analysis,
	const struct par_answer *answer)
{
	set->answer = answer;
	for (size_t i = 0; i < answer->rank_count; i++) {
		struct par_sample_row *row = &set->rows[set->count];

		if (set->count == PAR_SAMPLE_ROWS_MAX ||
			answer->ranks[i].ratio > PAR_SAMPLE_RATIO) {
			set->left_out++;
			continue;
		}
		int status = take_row(row, analysis, &answer->ranks[i]);

		if (status < 0 || row->count == 0)
			free_row(row);
		else
			set->count++;
		if (status < 0)
			return status;
	}
	return 0;
}

/* A fixed spread of the dots across their row, so that equal times can be told apart. */
static double jitter(size_t i)
{
	const double golden = 0.6180339887498949; /* low discrepancy: no two neighbours are near */
	double phase = golden * (double)(i + 1);

	return 2 * (phase - floor(phase)) - 1;
}

size_t par_samples_step(const struct par_sample_set *set)
{
	size_t step = 1;

	for (size_t i = 0; i < set->count; i++)
		if (set->rows[i].step > step)
			step = set->rows[i].step;
	return step;
}

/* Evenly over the rounds; what is far out is never left out. */
static bool is_drawn(const struct par_sample_row *row, size_t i)
{
	return i % row->step == 0 || i == row->fastest || i == row->slowest;
}

static void write_row(struct par_text *out, const struct par_sample_row *row, size_t index,
	const struct par_palette *palette)
{
	unsigned colour = (unsigned)par_palette_line(palette, row->rank->model);
	size_t drawn = 0;

	for (size_t i = 0; i < row->count; i++)
		if (is_drawn(row, i))
			par_text_format(out, "%s\t%zu\t%u\t%.0f\t%.3f\t0x%06X\n",
				row->rank->model->name, index, (unsigned)row->rounds[i],
				row->values_ns[i], jitter(drawn++), colour);
}

static void write_data(
	struct par_text *out, const struct par_sample_set *set, const struct par_palette *palette)
{
	size_t step = par_samples_step(set);

	par_text_add(out, step == 1 ? "# every sample" : "# samples");
	par_text_format(out, " of each model's best cell, %s; jitter only spreads the dots\n",
		set->answer->workload->name);
	if (step > 1)
		par_text_format(out,
			"# each row has at most %d of its samples, evenly over the rounds, with "
			"the fastest and the slowest; all are in cells.jsonl\n",
			PAR_SAMPLE_DOTS_MAX);
	par_text_add(out, "# model\trow\tround\ttime_ns\tjitter\tcolour\n");
	for (size_t i = 0; i < set->count; i++)
		write_row(out, &set->rows[i], i, palette);
}

/* How many rows have two speeds; the last of them in *row. */
static size_t count_humps(const struct par_sample_set *set, const struct par_sample_row **row)
{
	size_t humps = 0;

	for (size_t i = 0; i < set->count; i++)
		if (set->rows[i].stats->two_humped) {
			humps++;
			*row = &set->rows[i];
		}
	return humps;
}

/* The widest middle half among the rows, as a share of its median. */
static double widest(const struct par_sample_set *set, const struct par_sample_row **row)
{
	double most = -1;

	for (size_t i = 0; i < set->count; i++) {
		const struct par_sample_row *at = &set->rows[i];
		double spread = (par_quantile(at->sorted_ns, at->count, 0.75) -
					par_quantile(at->sorted_ns, at->count, 0.25)) /
				par_median(at->sorted_ns, at->count);

		if (spread > most) {
			most = spread;
			*row = at;
		}
	}
	return most;
}

static unsigned fewest_visits(const struct par_sample_set *set)
{
	unsigned fewest = UINT_MAX;

	for (size_t i = 0; i < set->count; i++)
		if (set->rows[i].stats->n < fewest)
			fewest = set->rows[i].stats->n;
	return fewest;
}

static void find(struct par_sheet *sheet, const struct par_sample_set *set)
{
	const struct par_sample_row *row = NULL;
	size_t humps = count_humps(set, &row);

	if (humps == 1)
		snprintf(sheet->finding, sizeof sheet->finding,
			"%s: two speeds with %s, and its median hides one of them",
			set->answer->workload->label, row->rank->model->label);
	else if (humps > 1)
		snprintf(sheet->finding, sizeof sheet->finding,
			"%s: two speeds with %zu models, and their medians hide one of them",
			set->answer->workload->label, humps);
	else if (widest(set, &row) >= 0)
		snprintf(sheet->finding, sizeof sheet->finding,
			"%s: %s; the middle half spreads most with %s, by %.1f %%",
			set->answer->workload->label,
			fewest_visits(set) < PAR_HUMPS_LEAST
				? "too few visits to tell one speed from two"
				: "no sign of two speeds",
			row->rank->model->label, 100 * widest(set, &row));
	else
		snprintf(sheet->finding, sizeof sheet->finding, "%s: no samples",
			set->answer->workload->label);
	snprintf(sheet->alt, sizeof sheet->alt,
		"%s of each model's best cell as dots, with density, middle half and median. "
		"%.256s.",
		par_samples_step(set) == 1 ? "Every sample" : "Samples", sheet->finding);
	sheet->weight = (double)humps * 1e9 +
			(set->answer->workload->bound == PAR_BOUND_CPU ? 1e6 : 0) +
			(double)set->count;
}

static size_t samples_count(const struct par_analysis *analysis)
{
	return analysis->answer_count;
}

static int samples_fill(struct par_sheet *sheet, const struct par_analysis *analysis,
	const struct par_palette *palette, size_t index)
{
	const struct par_answer *answer = &analysis->answers[index];
	struct par_sample_set set = { .count = 0 };
	int status = gather(&set, analysis, answer);

	if (status < 0)
		goto done;
	snprintf(sheet->stem, sizeof sheet->stem, "samples_%s", answer->workload->name);
	snprintf(sheet->what, sizeof sheet->what,
		"One behaviour or two? %s of each model's best cell · %s",
		par_samples_step(&set) == 1 ? "Every sample" : "Samples", answer->workload->label);
	find(sheet, &set);
	write_data(&sheet->data, &set, palette);
	for (int size = 0; size < PAR_SIZES; size++)
		par_samples_lay(sheet, (enum par_size_kind)size, analysis, palette, &set);
done:
	for (size_t i = 0; i < set.count; i++)
		free_row(&set.rows[i]);
	return status;
}

const struct par_chart par_chart_samples = {
	.name = "samples",
	.title = "Samples",
	.count = samples_count,
	.fill = samples_fill,
};
