/*
 * What a pipeline comes to: whether every item came once, and what there is to tell.
 */
#include <errno.h>
#include <math.h>

#include "clock.h"
#include "pipeline_parts.h"

/* --- whether every item came once --- */

/* What all consumers got. */
struct total {
	uint64_t sum, mix, altered, disorder;
	uint64_t of[PARTS_MAX];
};

static struct total add_up(const struct pipeline *line)
{
	struct total total = { 0 };

	for (unsigned i = line->producers; i < line->producers + line->consumers; i++) {
		const struct part *part = &line->parts[i];

		total.sum += part->sum;
		total.mix ^= part->mix;
		total.altered += part->altered;
		total.disorder += part->disorder;
		for (unsigned p = 0; p < line->producers; p++)
			total.of[p] += part->of[p];
	}
	return total;
}

/* What was put. */
static struct total expect(const struct pipeline *line)
{
	struct total total = { 0 };

	for (unsigned p = 0; p < line->producers; p++)
		for (uint64_t number = 0; number < line->items; number++) {
			uint64_t id = par_pipeline_item(p, number).id;

			total.sum += id;
			total.mix ^= par_mix64(id);
		}
	return total;
}

int par_pipeline_verify(void *state, struct par_error *error)
{
	const struct pipeline *line = state;
	struct total got = add_up(line), put_in = expect(line);
	bool arrival = line->way.order == PAR_QUEUE_FIFO;

	if (got.altered > 0)
		return par_fail(error, -EBADMSG, "%llu items came altered",
			(unsigned long long)got.altered);
	for (unsigned p = 0; p < line->producers; p++)
		if (got.of[p] != line->items)
			return par_fail(error, -EBADMSG,
				"%llu items of producer %u came instead of %llu",
				(unsigned long long)got.of[p], p, (unsigned long long)line->items);
	if (got.sum != put_in.sum || got.mix != put_in.mix)
		return par_fail(error, -EBADMSG, "some items came twice and others never");
	if (arrival && got.disorder > 0)
		return par_fail(error, -EBADMSG, "%llu items overtook others of their producer",
			(unsigned long long)got.disorder);
	return 0;
}

/* --- what it tells --- */

static struct par_queue_counts counts_of(const struct pipeline *line)
{
	return line->way.ring ? par_ring_counted(line->queue) : par_queue_counted(line->queue);
}

/* The queue's length in equal steps of time: means, and where nobody looked, what it was before. */
size_t par_pipeline_trace(void *state, double *values)
{
	const struct pipeline *line = state;
	double span = par_span_ns(&line->span), sum[PAR_TRACE_MAX] = { 0 }, last = 0;
	uint64_t count[PAR_TRACE_MAX] = { 0 };
	uint64_t first = atomic_load_explicit(&line->span.first, memory_order_relaxed);

	if (!(span > 0))
		return 0;
	for (unsigned i = 0; i < line->producers + line->consumers; i++)
		for (unsigned k = 0; k < line->parts[i].look_count; k++) {
			const struct look *at = &line->parts[i].looks[k];
			double where = (double)(at->at_ns - first) / span * PAR_TRACE_MAX;
			size_t step = where < PAR_TRACE_MAX ? (size_t)where : PAR_TRACE_MAX - 1;

			sum[step] += at->length;
			count[step]++;
		}
	for (size_t i = 0; i < PAR_TRACE_MAX; i++) {
		last = count[i] > 0 ? sum[i] / (double)count[i] : last;
		values[i] = last;
	}
	return PAR_TRACE_MAX;
}

static double mean_length(struct pipeline *line)
{
	double values[PAR_TRACE_MAX], sum = 0;
	size_t count = par_pipeline_trace(line, values);

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return count > 0 ? sum / (double)count : (double)NAN;
}

/* A ring counts no lengths, but one that was full is as long as it can be. */
static uint32_t longest(const struct pipeline *line, const struct par_queue_counts *counts)
{
	uint32_t most = counts->longest;

	if (line->way.ring && counts->full_waits > 0)
		return line->capacity;
	for (unsigned i = 0; line->way.ring && i < line->producers + line->consumers; i++)
		for (unsigned k = 0; k < line->parts[i].look_count; k++)
			if (line->parts[i].looks[k].length > most)
				most = line->parts[i].looks[k].length;
	return most;
}

double par_pipeline_fairness(const struct pipeline *line)
{
	double sum = 0, squares = 0;

	for (unsigned i = line->producers; i < line->producers + line->consumers; i++) {
		double got = (double)line->parts[i].got;

		sum += got;
		squares += got * got;
	}
	return squares > 0 ? sum * sum / (squares * line->consumers) : (double)NAN;
}

/* What share `ns` is of the time that the parts [first, last) took. */
static double share(const struct pipeline *line, uint64_t ns, unsigned first, unsigned last)
{
	double all = 0;

	for (unsigned i = first; i < last; i++)
		all += (double)line->parts[i].ns;
	return all > 0 ? fmin(1, (double)ns / all) : (double)NAN;
}

void par_pipeline_measure(void *state, double *values)
{
	struct pipeline *line = state;
	struct par_queue_counts counts = counts_of(line);
	double span = par_span_ns(&line->span);
	double items = (double)(line->items * line->producers);

	values[0] = items * (double)PAR_NS_PER_S / span;
	values[1] = mean_length(line);
	values[2] = longest(line, &counts);
	values[3] = share(line, counts.full_ns, 0, line->producers);
	values[4] =
		share(line, counts.empty_ns, line->producers, line->producers + line->consumers);
	values[5] = par_pipeline_fairness(line);
}
