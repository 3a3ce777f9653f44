/*
 * The page's first line: for each kind of work, the model that is recommended for most of its
 * workloads.
 */
#include <stdlib.h>

#include "analysis_parts.h"
#include "phrase.h"

enum { BOUNDS = PAR_BOUND_MIXED + 1 };

/* What is said of one kind of work. */
struct choice {
	const struct par_model *model; /* NULL: no answer */
	bool sure;                     /* at least half of the workloads are decided */
	bool most;                     /* not all workloads agree */
};

static const char *bound_words(enum par_bound bound)
{
	switch (bound) {
	case PAR_BOUND_CPU: return "computing";
	case PAR_BOUND_MEMORY: return "memory-bound work";
	case PAR_BOUND_IO: return "waiting";
	case PAR_BOUND_MIXED: return "mixed work";
	}
	return "other work";
}

static bool is_decided(const struct par_answer *answer)
{
	return answer->verdict != PAR_VERDICT_NOT_SURE;
}

/* How many answers of that bound recommend `model` (NULL: any); only decided ones where asked for.
 */
static size_t count_votes(const struct par_analysis *analysis, enum par_bound bound,
	const struct par_model *model, bool decided)
{
	size_t votes = 0;

	for (size_t i = 0; i < analysis->answer_count; i++) {
		const struct par_answer *answer = &analysis->answers[i];

		votes += answer->workload->bound == bound &&
			 (model == NULL || answer->recommended == model) &&
			 (!decided || is_decided(answer));
	}
	return votes;
}

/* The model with most votes; the simplest of those with as many. */
static struct choice choose(const struct par_analysis *analysis, enum par_bound bound)
{
	size_t total = count_votes(analysis, bound, NULL, false);
	size_t decided = count_votes(analysis, bound, NULL, true);
	struct choice choice = { .sure = total > 0 && 2 * decided >= total };
	const struct par_model *const *model = analysis->registry->models;
	size_t most = 0;

	for (; *model != NULL; model++) {
		size_t votes = count_votes(analysis, bound, *model, choice.sure);

		if (votes > most || (votes == most && votes > 0 &&
					    (*model)->simplicity < choice.model->simplicity)) {
			most = votes;
			choice.model = *model;
		}
	}
	choice.most = most < total;
	return choice;
}

/* Adds "computing, most waiting and mixed work": the bounds from `first` on with the same choice.
 */
static void add_bounds(struct par_text *out, const struct choice *choices, size_t first, bool *said)
{
	size_t count = 0, index = 0;

	for (size_t i = first; i < BOUNDS; i++)
		count += choices[i].model == choices[first].model &&
			 choices[i].sure == choices[first].sure;
	for (size_t i = first; i < BOUNDS; i++) {
		if (choices[i].model != choices[first].model ||
			choices[i].sure != choices[first].sure)
			continue;
		par_phrase_join(out, index++, count);
		par_text_format(out, "%s%s", choices[i].most ? "most " : "",
			bound_words((enum par_bound)i));
		said[i] = true;
	}
}

/* Adds "Use a thread pool for computing; coroutines for waiting": the choices that are (not) sure.
 */
static size_t add_choices(
	struct par_text *out, const struct choice *choices, bool sure, bool capital)
{
	bool said[BOUNDS] = { false };
	bool used = false; /* the verb stands already */
	size_t parts = 0;

	for (size_t i = 0; i < BOUNDS; i++) {
		bool serial;

		if (said[i] || choices[i].model == NULL || choices[i].sure != sure)
			continue;
		serial = (choices[i].model->traits & PAR_TRAIT_SERIAL) != 0;
		par_text_add(out, parts > 0 ? "; " : "");
		if (serial) {
			par_text_add(out, parts == 0 && capital ? "Stay serial" : "stay serial");
		} else {
			par_text_add(out, used ? "" : parts == 0 && capital ? "Use " : "use ");
			par_phrase_model(out, choices[i].model);
		}
		used = !serial;
		par_text_add(out, " for ");
		add_bounds(out, choices, i, said);
		parts++;
	}
	return parts;
}

/* Adds "; not yet sure for waiting". */
static void add_unsure(struct par_text *out, const struct choice *choices)
{
	size_t count = 0, index = 0;

	for (size_t i = 0; i < BOUNDS; i++)
		count += choices[i].model != NULL && !choices[i].sure;
	if (count == 0)
		return;
	par_text_add(out, "; not yet sure for ");
	for (size_t i = 0; i < BOUNDS; i++) {
		if (choices[i].model == NULL || choices[i].sure)
			continue;
		par_phrase_join(out, index++, count);
		par_text_add(out, bound_words((enum par_bound)i));
	}
}

int par_analysis_headline(struct par_analysis *analysis)
{
	struct choice choices[BOUNDS];
	struct par_text out = PAR_TEXT_INIT;

	for (size_t i = 0; i < BOUNDS; i++)
		choices[i] = choose(analysis, (enum par_bound)i);
	if (add_choices(&out, choices, true, true) > 0) {
		add_unsure(&out, choices);
	} else if (analysis->answer_count > 0) {
		par_text_add(&out, "Not yet sure; so far: ");
		add_choices(&out, choices, false, false);
	} else {
		par_text_add(&out, "No answer: no model has a time beside a serial one");
	}
	return par_phrase_take(analysis->headline, sizeof analysis->headline, &out);
}
