/*
 * The order of a comparison's table: sections by urgency, rows by effect.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "comparison_parts.h"

static enum par_section pair_section(const struct par_pair *pair)
{
	static const enum par_section of_change[PAR_CHANGES] = {
		[PAR_CHANGE_NOT_SURE] = PAR_SECTION_NOT_SURE,
		[PAR_CHANGE_TIE] = PAR_SECTION_TIE,
		[PAR_CHANGE_FASTER] = PAR_SECTION_FASTER,
		[PAR_CHANGE_SLOWER] = PAR_SECTION_SLOWER,
		[PAR_CHANGE_REGRESSION] = PAR_SECTION_REGRESSION,
	};

	switch (pair->state) {
	case PAR_PAIR_COMPARED: return of_change[pair->change];
	case PAR_PAIR_BROKEN: return PAR_SECTION_BROKEN;
	case PAR_PAIR_UNTRUSTED: return PAR_SECTION_NOT_SURE;
	default: return PAR_SECTION_LISTED;
	}
}

enum par_section par_comparison_section(const struct par_compared_runs *comparison, size_t row)
{
	enum par_section least = PAR_SECTION_LISTED;

	for (size_t i = 0; i < comparison->others; i++) {
		enum par_section section = pair_section(par_comparison_pair(comparison, row, i));

		if (section < least)
			least = section;
	}
	return least;
}

/* How far the bound of a row that decides is from 1, on the log scale. */
static double weight(const struct par_compared_runs *comparison, size_t row)
{
	double most = 0.0;

	for (size_t i = 0; i < comparison->others; i++) {
		const struct par_pair *pair = par_comparison_pair(comparison, row, i);
		bool open = pair->change == PAR_CHANGE_NOT_SURE;
		double at = log(open ? pair->found.high : pair->found.ratio);

		if (pair->state == PAR_PAIR_UNTRUSTED ||
			(pair->state == PAR_PAIR_COMPARED && isnan(at)))
			most = INFINITY;
		else if (pair->state == PAR_PAIR_COMPARED)
			most = fmax(most, open ? at : fabs(at));
	}
	return most;
}

struct entry {
	double weight;
	size_t row;
};

static int by_weight(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->weight != b->weight)
		return a->weight < b->weight ? 1 : -1;
	return (a->row > b->row) - (a->row < b->row);
}

long par_comparison_sort(
	size_t **rows, const struct par_compared_runs *comparison, enum par_section section)
{
	struct entry *entries = calloc(comparison->rows + 1, sizeof *entries);
	long count = 0;

	*rows = calloc(comparison->rows + 1, sizeof **rows);
	if (entries == NULL || *rows == NULL) {
		free(entries);
		return -ENOMEM;
	}
	for (size_t row = 0; row < comparison->rows; row++)
		if (par_comparison_section(comparison, row) == section) {
			bool judged = section != PAR_SECTION_LISTED;

			entries[count].weight = judged ? weight(comparison, row) : 0.0;
			entries[count++].row = row;
		}
	qsort(entries, (size_t)count, sizeof *entries, by_weight);
	for (long i = 0; i < count; i++)
		(*rows)[i] = entries[i].row;
	free(entries);
	return count;
}
