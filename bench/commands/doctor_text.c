#include "doctor_text.h"

#include <stdio.h>

#include "terminal_text.h"

#define INDENT "          "

static void add_summary(struct par_text *text, const struct par_doctor *doctor)
{
	size_t much = par_doctor_count(doctor, PAR_DOCTOR_MUCH);
	size_t some = par_doctor_count(doctor, PAR_DOCTOR_SOME);
	size_t little = par_doctor_count(doctor, PAR_DOCTOR_LITTLE);

	if (much + some + little == 0)
		par_text_add(text, "Nothing that was looked at disturbs measurement here.\n");
	else
		par_text_format(text,
			"What disturbs measurement here: %zu much, %zu some, %zu little.\n", much,
			some, little);
}

/* Commands are not folded: a line that was cut cannot be pasted. */
static void add_commands(struct par_text *text, const char *label, const struct par_text *commands)
{
	const char *at = par_text_get(commands);

	if (*at == '\0')
		return;
	par_text_format(text, INDENT "%s:\n", label);
	while (*at != '\0') {
		const char *end = at;

		while (*end != '\n' && *end != '\0')
			end++;
		par_text_add(text, INDENT "  ");
		par_text_add_bytes(text, at, (size_t)(end - at));
		par_text_add(text, "\n");
		at = *end == '\n' ? end + 1 : end;
	}
}

static const char *mark(const struct par_doctor_check *check)
{
	return check->state == PAR_DOCTOR_DISTURBS ? par_doctor_matter_name(check->matter)
						   : par_doctor_state_name(check->state);
}

static void add_check(struct par_text *text, const struct par_doctor_check *check, unsigned columns)
{
	char line[512], why[512], first[32];

	par_text_add(text, "\n");
	snprintf(first, sizeof first, "%-10s", mark(check));
	snprintf(line, sizeof line, "%s: %s", check->title, check->found);
	par_terminal_wrap(text, line, columns, true, first, INDENT);
	snprintf(why, sizeof why, "%s%s",
		check->state == PAR_DOCTOR_DISTURBS ? "" : "Why it is looked at: ", check->why);
	par_terminal_wrap(text, why, columns, true, INDENT, INDENT);
	add_commands(text, "mend", &check->mend);
	add_commands(text, "restore", &check->restore);
	if (check->instead[0] != '\0')
		par_terminal_wrap(text, check->instead, columns, true, INDENT, INDENT);
}

/* "good: SMT, swap, ..." */
static void add_names(struct par_text *text, const struct par_doctor *doctor,
	enum par_doctor_state state, unsigned columns)
{
	struct par_text names = PAR_TEXT_INIT;
	char first[32];

	for (size_t i = 0; i < doctor->count; i++) {
		if (doctor->checks[i].state == state)
			par_text_format(&names, "%s%s", names.size == 0 ? "" : ", ",
				doctor->checks[i].title);
	}
	snprintf(first, sizeof first, "%-10s", par_doctor_state_name(state));
	if (names.size > 0) {
		par_text_add(text, "\n");
		par_terminal_wrap(text, par_text_get(&names), columns, true, first, INDENT);
	}
	text->failed |= names.failed;
	par_text_fini(&names);
}

void par_doctor_text(
	struct par_text *text, const struct par_doctor *doctor, unsigned columns, bool all)
{
	if (columns < PAR_TERMINAL_COLUMNS_LEAST)
		columns = PAR_TERMINAL_COLUMNS_LEAST;
	add_summary(text, doctor);
	for (size_t i = 0; i < doctor->count; i++)
		if (all || doctor->checks[i].state == PAR_DOCTOR_DISTURBS)
			add_check(text, &doctor->checks[i], columns);
	if (all)
		return;
	add_names(text, doctor, PAR_DOCTOR_UNKNOWN, columns);
	add_names(text, doctor, PAR_DOCTOR_GOOD, columns);
}
