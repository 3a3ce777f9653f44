/* What the report says of what disturbed measurement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_json.h"
#include "markdown.h"
#include "page_doctor.h"

static json_t *check(const char *id, const char *state, const char *matter, const char *found,
	const char *command)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:n, s:[s*], s:[s*]}", "id", id, "title",
		id, "state", state, "matter", matter, "found", found, "why", "since <b>", "instead",
		"mend", command, "restore", command);
}

static json_t *run_of(json_t *checks)
{
	return json_pack("{s:o}", "doctor", checks);
}

static void test_old_runs_say_nothing(void **state)
{
	struct par_text text = PAR_TEXT_INIT;
	json_t *runs[] = { json_object(), run_of(json_null()), run_of(json_array()),
		run_of(json_string("x")) };

	(void)state;
	for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
		par_page_doctor(&text, runs[i]);
		par_page_doctor_caution(&text, runs[i]);
		json_decref(runs[i]);
	}
	assert_string_equal(par_text_get(&text), "");
	par_text_fini(&text);
}

static void test_what_disturbs_has_its_commands(void **state)
{
	struct par_text text = PAR_TEXT_INIT;
	json_t *run = run_of(json_pack("[o, o, o]",
		check("governor", "disturbs", "much", "power_save", "echo x | sudo tee a*/b"),
		check("smt", "disturbs", "some", "on", NULL),
		check("swap", "good", "much", "none", NULL)));

	(void)state;
	par_page_doctor(&text, run);
	assert_non_null(strstr(par_text_get(&text), "1 much, 1 some, 0 little"));
	assert_non_null(strstr(par_text_get(&text), "**governor: power\\_save** (much)"));
	assert_non_null(strstr(par_text_get(&text), "Mend:\n\n    echo x | sudo tee a*/b\n"));
	assert_non_null(strstr(par_text_get(&text), "Restore:\n\n    echo x | sudo tee a*/b\n"));
	assert_non_null(strstr(par_text_get(&text), "Good: swap.\n"));
	par_text_clear(&text);
	par_page_doctor_caution(&text, run);
	assert_string_equal(par_text_get(&text),
		"As the run began, this disturbed measurement much: governor. 'parbench doctor' "
		"tells how to mend it.\n");
	par_text_fini(&text);
	json_decref(run);
}

/* Nothing that a file holds becomes a tag, and no command leaves its block. */
static void test_hostile_texts(void **state)
{
	struct par_text markdown = PAR_TEXT_INIT, html = PAR_TEXT_INIT;
	json_t *run = run_of(json_pack("[o]",
		check("<script>", "disturbs", "much", "</section>", "a\n\n<script>x</script>")));

	(void)state;
	par_page_doctor(&markdown, run);
	assert_int_equal(par_markdown_html(&html, par_text_get(&markdown)), 0);
	assert_null(strstr(par_text_get(&html), "<script"));
	assert_null(strstr(par_text_get(&html), "</section"));
	assert_null(strstr(par_text_get(&html), "since <b>"));
	assert_non_null(strstr(par_text_get(&html), "<pre><code>a  &lt;script&gt;"));
	par_text_fini(&markdown);
	par_text_fini(&html);
	json_decref(run);
}

/* The list that a run writes is the list that its page reads. */
static void test_this_machine(void **state)
{
	struct par_doctor doctor;
	struct par_text text = PAR_TEXT_INIT;
	json_t *run;

	(void)state;
	assert_int_equal(par_doctor_examine_here(&doctor, 4, NULL), 0);
	run = run_of(par_doctor_json(&doctor));
	assert_int_equal(json_array_size(json_object_get(run, "doctor")), doctor.count);
	par_page_doctor(&text, run);
	for (size_t i = 0; i < doctor.count; i++)
		assert_non_null(strstr(par_text_get(&text), doctor.checks[i].title));
	json_decref(run);
	par_text_fini(&text);
	par_doctor_fini(&doctor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old_runs_say_nothing),
		cmocka_unit_test(test_what_disturbs_has_its_commands),
		cmocka_unit_test(test_hostile_texts),
		cmocka_unit_test(test_this_machine),
	};

	return cmocka_run_group_tests_name("page_doctor", tests, NULL, NULL);
}
