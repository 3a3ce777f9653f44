/*
 * What the numbers say, in words: each verdict, the three key numbers, the machine.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis_parts.h"
#include "chart_format.h"
#include "phrase.h"
#include "rounds.h"

#define NAMES_MOST  3 /* in a list of ties */
#define ABSENT_MOST 2 /* of the models that are not ranked */

static void name_ties(struct par_text *out, const struct par_answer *answer)
{
	size_t ties = 1, named = 0;

	for (size_t i = 1; i < answer->rank_count; i++)
		ties += answer->ranks[i].tie;
	for (size_t i = 0; i < answer->rank_count && named < NAMES_MOST; i++) {
		if (i > 0 && !answer->ranks[i].tie)
			continue;
		par_text_format(
			out, "%s%s", named++ > 0 ? ", " : "", answer->ranks[i].model->label);
	}
	if (ties > named)
		par_text_format(out, " and %zu more", ties - named);
}

/* Adds "; wrong results: fork, thread pool and 2 more" for the models absent for that reason. */
static void name_absent(struct par_text *out, const struct par_answer *answer, enum par_absence why,
	const char *lead)
{
	size_t count = 0;

	for (size_t i = 0; i < answer->absent_count; i++) {
		if (answer->absent[i].why != why)
			continue;
		if (count < ABSENT_MOST)
			par_text_format(out, "%s%s", count == 0 ? lead : ", ",
				answer->absent[i].model->label);
		count++;
	}
	if (count > ABSENT_MOST)
		par_text_format(out, " and %zu more", count - ABSENT_MOST);
}

/* Why it is not sure: rounds or noise of those that were ranked, models that could not be. */
static void word_unsure(struct par_text *out, const struct par_answer *answer)
{
	bool open = par_answer_is_open(answer);

	par_text_add(out, "not sure: ");
	if (par_answer_has_few_rounds(answer)) {
		par_text_format(out, "fewer than %d rounds", PAR_PAIRS_LEAST);
	} else if (open) {
		par_text_add(out, "too much noise between ");
		name_ties(out, answer);
	}
	if (answer->rounds_needed > PAR_ROUNDS_MAX)
		par_text_add(out, "; more rounds than there is time for");
	else if (answer->rounds_needed > 0)
		par_text_format(out, "; about %.0f rounds would tell", answer->rounds_needed);
	name_absent(out, answer, PAR_ABSENT_UNTRUSTED,
		open ? "; no trusted visit of " : "no trusted visit of ");
}

static void word_verdict(struct par_text *out, const struct par_answer *answer)
{
	switch (answer->verdict) {
	case PAR_VERDICT_FASTER:
		par_text_format(out, "faster: next is %s, ", answer->ranks[1].model->label);
		par_phrase_slower(out, answer->ranks[1].ratio);
		break;
	case PAR_VERDICT_TIE:
		par_text_add(out, "tie: ");
		name_ties(out, answer);
		break;
	case PAR_VERDICT_NOT_SURE: word_unsure(out, answer); break;
	}
	name_absent(out, answer, PAR_ABSENT_WRONG, "; wrong results: ");
	name_absent(out, answer, PAR_ABSENT_FAILED, "; failed: ");
}

/* The answer of that bound whose recommended model speeds up most; NULL: none does. */
static const struct par_answer *find_fastest(
	const struct par_analysis *analysis, enum par_bound bound, bool any)
{
	const struct par_answer *best = NULL;
	double most = 1.0;

	for (size_t i = 0; i < analysis->answer_count; i++) {
		const struct par_answer *answer = &analysis->answers[i];
		double speedup = analysis->cells[answer->recommended_cell].speedup;

		if ((any || answer->workload->bound == bound) && speedup > most) {
			most = speedup;
			best = answer;
		}
	}
	return best;
}

static int number_speedup(struct par_key_number *number, const struct par_analysis *analysis,
	const struct par_answer *answer)
{
	const struct par_cell_stats *stats = &analysis->cells[answer->recommended_cell];
	struct par_text caption = PAR_TEXT_INIT;

	snprintf(number->value, sizeof number->value, "%s", par_label_times(stats->speedup).text);
	par_text_format(&caption, "%s with ", answer->workload->label);
	par_phrase_model(&caption, answer->recommended);
	par_text_add(&caption, " ");
	par_phrase_place(&caption, &stats->cell);
	par_text_add(&caption, " (");
	par_phrase_base(&caption, answer->t1_ns);
	par_text_add(&caption, ")");
	return par_phrase_take(number->caption, sizeof number->caption, &caption);
}

/* The slowest rank that is not serial; NULL: none but the first. */
static const struct par_rank *slowest_rank(const struct par_answer *answer)
{
	for (size_t i = answer->rank_count - 1; i > 0; i--) {
		if ((answer->ranks[i].model->traits & PAR_TRAIT_SERIAL) == 0)
			return &answer->ranks[i];
	}
	return NULL;
}

/* What the slowest model costs, each at its own best cell: the price of a poor choice. */
static int number_cost(struct par_key_number *number, const struct par_analysis *analysis)
{
	const struct par_answer *worst = NULL;
	struct par_text caption = PAR_TEXT_INIT;
	double most = 1.0;

	for (size_t i = 0; i < analysis->answer_count; i++) {
		const struct par_rank *slowest = slowest_rank(&analysis->answers[i]);

		if (slowest != NULL && slowest->ratio > most) {
			most = slowest->ratio;
			worst = &analysis->answers[i];
		}
	}
	if (worst == NULL)
		return 0;
	snprintf(number->value, sizeof number->value, "%s", par_label_times(most).text);
	par_text_format(&caption, "as long for %s with ", worst->workload->label);
	par_phrase_model(&caption, slowest_rank(worst)->model);
	par_text_add(&caption, " as with ");
	par_phrase_model(&caption, worst->ranks[0].model);
	return par_phrase_take(number->caption, sizeof number->caption, &caption);
}

static int number_decided(struct par_key_number *number, const struct par_analysis *analysis)
{
	size_t counts[3] = { 0 };
	struct par_text caption = PAR_TEXT_INIT;

	if (analysis->answer_count == 0)
		return 0;
	for (size_t i = 0; i < analysis->answer_count; i++)
		counts[analysis->answers[i].verdict]++;
	snprintf(number->value, sizeof number->value, "%zu of %zu", counts[PAR_VERDICT_FASTER],
		analysis->answer_count);
	par_text_format(
		&caption, "workload%s with a clear winner", par_phrase_s(analysis->answer_count));
	if (counts[PAR_VERDICT_TIE] > 0)
		par_text_format(&caption, "; %zu tie%s", counts[PAR_VERDICT_TIE],
			counts[PAR_VERDICT_TIE] == 1 ? "s" : "");
	if (counts[PAR_VERDICT_NOT_SURE] > 0)
		par_text_format(&caption, "; %zu not sure", counts[PAR_VERDICT_NOT_SURE]);
	return par_phrase_take(number->caption, sizeof number->caption, &caption);
}

/* Computing, waiting, and how much is decided; the price of a poor choice where one is missing. */
static int word_numbers(struct par_analysis *analysis)
{
	const struct par_answer *computing = find_fastest(analysis, PAR_BOUND_CPU, false);
	const struct par_answer *waiting = find_fastest(analysis, PAR_BOUND_IO, false);
	struct par_key_number *number = analysis->numbers;
	int status = 0;

	if (computing == NULL && waiting == NULL)
		computing = find_fastest(analysis, PAR_BOUND_CPU, true);
	if (computing != NULL)
		status = number_speedup(number++, analysis, computing);
	if (status == 0 && waiting != NULL)
		status = number_speedup(number++, analysis, waiting);
	if (status == 0 && number < &analysis->numbers[2]) {
		status = number_cost(number, analysis);
		number += number->value[0] != '\0';
	}
	return status < 0 ? status : number_decided(number, analysis);
}

static const char *fact(const struct par_analysis *analysis, const char *name)
{
	const json_t *environment = json_object_get(analysis->run, "environment");
	const char *text = json_string_value(json_object_get(environment, name));

	return text == NULL ? "" : text;
}

/* "Linux 6.1.0" of "Linux 6.1.0 #1 SMP ...". */
static int first_words(const char *text)
{
	const char *space = strchr(text, ' ');

	if (space != NULL)
		space = strchr(space + 1, ' ');
	return space == NULL ? (int)strlen(text) : (int)(space - text);
}

static void add_size(struct par_text *out, const struct par_machine *machine)
{
	par_text_format(out, "%u core%s, %u PU%s", machine->cores, par_phrase_s(machine->cores),
		machine->pu_count, par_phrase_s(machine->pu_count));
	if (machine->allowed_pus < machine->pu_count)
		par_text_format(out, " (%u allowed)", machine->allowed_pus);
	if (machine->packages > 1)
		par_text_format(out, ", %u packages", machine->packages);
	if (machine->quota_cpus > 0.0)
		par_text_format(out, ", quota of %.3g CPU%s", machine->quota_cpus,
			machine->quota_cpus == 1.0 ? "" : "s");
	if (machine->memory_bytes > 0)
		par_text_format(out, " · %.3g GiB", (double)machine->memory_bytes / (1 << 30));
}

static int word_machine(struct par_analysis *analysis)
{
	static const char *const facts[] = { "distribution", "kernel", "hypervisor" };
	struct par_text out = PAR_TEXT_INIT;

	par_text_format(&out, "%s · ",
		analysis->machine->cpu_model[0] != '\0' ? analysis->machine->cpu_model
							: "unknown CPU");
	add_size(&out, analysis->machine);
	for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
		const char *text = fact(analysis, facts[i]);
		bool kernel = strcmp(facts[i], "kernel") == 0;

		if (text[0] != '\0')
			par_text_format(&out, " · %.*s",
				kernel ? first_words(text) : (int)strlen(text), text);
	}
	return par_phrase_take(analysis->machine_line, sizeof analysis->machine_line, &out);
}

int par_analysis_word(struct par_analysis *analysis)
{
	int status = par_analysis_headline(analysis);

	for (size_t i = 0; i < analysis->answer_count && status == 0; i++) {
		struct par_answer *answer = &analysis->answers[i];
		struct par_text text = PAR_TEXT_INIT;

		word_verdict(&text, answer);
		status = par_phrase_take(answer->verdict_text, sizeof answer->verdict_text, &text);
	}
	if (status == 0)
		status = word_numbers(analysis);
	return status < 0 ? status : word_machine(analysis);
}
