/*
 * What the doctor says of any machine: printable texts, and commands that can be pasted: whatever
 * the kernel's files hold, they are of plain characters and constant parts. See tree.h for the form
 * of the input.
 */
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "doctor_json.h"
#include "doctor_text.h"
#include "fuzz.h"
#include "tree.h"

/* How commands begin, and what they hold besides plain characters. */
static const char *const beginnings[] = { "echo ", "for n in ", "sudo sysctl -w ",
	"sudo systemctl st", "sudo prlimit --pid $$ --", "prlimit --pid $$ --", "sudo swapo",
	NULL };
static const char *const constants[] = { " | sudo tee /", " >/dev/null", "; do echo ", "; done",
	" $(seq ", "$n/", " $$ ", NULL };
#define PLAIN                                                                                      \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"                           \
	"_./@:+,*=) -"

/* The length of the one of `texts` that `at` begins with; 0: none. */
static size_t begins_with(const char *at, const char *const *texts)
{
	for (; *texts != NULL; texts++)
		if (strncmp(at, *texts, strlen(*texts)) == 0)
			return strlen(*texts);
	return 0;
}

static void check_command(const char *command)
{
	size_t size = begins_with(command, beginnings);

	FUZZ_CHECK(size > 0, "unknown: %s", command);
	for (const char *at = command + size; *at != '\0'; at += size) {
		size = begins_with(at, constants);
		FUZZ_CHECK(size > 0 || strchr(PLAIN, *at) != NULL, "%s: in: %s", at, command);
		size += size == 0;
	}
}

static void check_commands(const struct par_text *text)
{
	char *copy = strdup(par_text_get(text)), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0')
			check_command(line);
	free(copy);
}

static void check_printable(const char *text)
{
	for (; *text != '\0'; text++)
		FUZZ_CHECK(*text >= ' ' && *text <= '~', "not printable: %s", text);
}

static void check_one(const struct par_doctor_check *check)
{
	check_printable(check->found);
	check_printable(check->why);
	check_printable(check->instead);
	FUZZ_CHECK((check->mend.size > 0) == (check->restore.size > 0),
		"%s: mend '%s', restore '%s'", check->id, par_text_get(&check->mend),
		par_text_get(&check->restore));
	check_commands(&check->mend);
	check_commands(&check->restore);
}

static void check_said(const struct par_doctor *doctor)
{
	struct par_text text = PAR_TEXT_INIT;
	json_t *json = par_doctor_json(doctor);

	FUZZ_CHECK(json != NULL && json_array_size(json) == doctor->count, "no JSON");
	par_doctor_text(&text, doctor, 80, true);
	FUZZ_CHECK(par_text_status(&text) == 0 && fuzz_is_utf8(par_text_get(&text), text.size),
		"no text");
	par_text_fini(&text);
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct par_doctor_input input = {
		.widest = 64, .build_type = "Release", .build_flags = "-O2 -g", .folder = "/results"
	};
	struct par_doctor doctor = PAR_DOCTOR_INIT;
	char *text = fuzz_text(data, size);

	fuzz_tree_begin(text);
	FUZZ_CHECK(par_doctor_examine(&doctor, &input, FUZZ_ROOT) == 0, "no memory");
	for (size_t i = 0; i < doctor.count; i++)
		check_one(&doctor.checks[i]);
	check_said(&doctor);
	par_doctor_fini(&doctor);
	free(text);
	return 0;
}
