#include "ratio.h"

#include <math.h>

struct par_ratio par_ratio_of(const struct par_cell_stats *base, const struct par_cell_stats *other,
	const char *metric, unsigned comparisons)
{
	struct par_ratio ratio = { NAN, NAN, NAN, PAR_COMPARISON_NOT_SURE };
	struct par_compared compared;

	if (base == NULL || other == NULL)
		return ratio;
	ratio.value = par_metric_of(other, metric).value / par_metric_of(base, metric).value;
	if (par_metric_compare(&compared, base, other, metric, comparisons) < 0)
		return ratio;
	ratio.low = compared.low;
	ratio.high = compared.high;
	ratio.verdict = compared.verdict;
	return ratio;
}

void par_ratio_word(struct par_text *out, const struct par_ratio *ratio)
{
	par_text_add(out, par_label_times(ratio->value).text);
	if (!isfinite(ratio->low) || !isfinite(ratio->high))
		return;
	par_text_format(out, " (%s", par_label_times(ratio->low).text);
	par_text_format(out, " to %s)", par_label_times(ratio->high).text);
}

void par_ratio_metric(struct par_text *out, const struct par_cell_stats *stats, const char *metric)
{
	struct par_metric found = par_metric_of(stats, metric);

	par_metric_word(out, &found);
}

void par_ratio_insert(const struct par_cell_stats **list, size_t *count,
	const struct par_cell_stats *stats, const char *metric)
{
	double value = stats == NULL ? NAN : par_metric_of(stats, metric).value;
	size_t place = *count;

	if (!isfinite(value))
		return;
	for (; place > 0 && par_metric_of(list[place - 1], metric).value > value; place--)
		list[place] = list[place - 1];
	list[place] = stats;
	++*count;
}
