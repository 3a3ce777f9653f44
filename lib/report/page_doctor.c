#include "page_doctor.h"

#include <stdbool.h>
#include <string.h>

#include "markdown.h"

/* A member as text; "" where it is missing or null. */
static const char *member(const json_t *check, const char *name)
{
	const char *text = json_string_value(json_object_get(check, name));

	return text == NULL ? "" : text;
}

static bool is_state(const json_t *check, const char *state)
{
	return strcmp(member(check, "state"), state) == 0;
}

static size_t count(const json_t *checks, const char *matter)
{
	const json_t *check;
	size_t i, found = 0;

	json_array_foreach(checks, i, check) found +=
		is_state(check, "disturbs") && strcmp(member(check, "matter"), matter) == 0;
	return found;
}

/* Commands as a block of code, in which Markdown takes everything literally but the line's end. */
static void add_commands(struct par_text *out, const char *label, const json_t *commands)
{
	const json_t *command;
	size_t i;

	if (json_array_size(commands) == 0)
		return;
	par_text_format(out, "%s:\n\n", label);
	json_array_foreach(commands, i, command)
	{
		const char *at = json_string_value(command);

		par_text_add(out, "    ");
		for (; at != NULL && *at != '\0'; at++)
			par_text_add_bytes(out, (unsigned char)*at < 0x20 ? " " : at, 1);
		par_text_add(out, "\n");
	}
	par_text_add(out, "\n");
}

static void add_check(struct par_text *out, const json_t *check)
{
	par_text_add(out, "**");
	par_markdown_escape(out, member(check, "title"));
	par_text_add(out, ": ");
	par_markdown_escape(out, member(check, "found"));
	par_text_add(out, "** (");
	par_markdown_escape(out, member(check, "matter"));
	par_text_add(out, "). ");
	par_markdown_escape(out, member(check, "why"));
	if (member(check, "instead")[0] != '\0')
		par_text_add(out, " ");
	par_markdown_escape(out, member(check, "instead"));
	par_text_add(out, "\n\n");
	add_commands(out, "Mend", json_object_get(check, "mend"));
	add_commands(out, "Restore", json_object_get(check, "restore"));
}

static void add_names(
	struct par_text *out, const json_t *checks, const char *state, const char *label)
{
	const json_t *check;
	const char *comma = "";
	size_t i;

	json_array_foreach(checks, i, check)
	{
		if (!is_state(check, state))
			continue;
		par_text_add(out, comma[0] == '\0' ? label : comma);
		par_markdown_escape(out, member(check, "title"));
		comma = ", ";
	}
	par_text_add(out, comma[0] == '\0' ? "" : ".\n\n");
}

void par_page_doctor(struct par_text *out, const json_t *run)
{
	const json_t *checks = json_object_get(run, "doctor");
	const json_t *check;
	size_t i, much = count(checks, "much"), some = count(checks, "some");
	size_t little = count(checks, "little");

	if (json_array_size(checks) == 0)
		return;
	if (much + some + little == 0)
		par_text_add(out, "Nothing that was looked at as the run began.\n\n");
	else
		par_text_format(out,
			"As the run began: %zu much, %zu some, %zu little. Restoring commands "
			"bring back what was set then; `parbench doctor` looks again.\n\n",
			much, some, little);
	json_array_foreach(checks, i, check)
	{
		if (is_state(check, "disturbs"))
			add_check(out, check);
	}
	add_names(out, checks, "good", "Good: ");
	add_names(out, checks, "unknown", "Not known here: ");
}

void par_page_doctor_caution(struct par_text *out, const json_t *run)
{
	const json_t *checks = json_object_get(run, "doctor");
	const json_t *check;
	const char *comma = "As the run began, this disturbed measurement much: ";
	size_t i;

	if (count(checks, "much") == 0)
		return;
	json_array_foreach(checks, i, check)
	{
		if (!is_state(check, "disturbs") || strcmp(member(check, "matter"), "much") != 0)
			continue;
		par_text_add(out, comma);
		par_text_add(out, member(check, "title"));
		comma = ", ";
	}
	par_text_add(out, ". 'parbench doctor' tells how to mend it.\n");
}
