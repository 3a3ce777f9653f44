#include "core_fixture.h"

#include <errno.h>
#include <fcntl.h>

#include "file.h"
#include "journal.h"

/* A folder with the path of a journal in it. */
struct desk {
	char folder[64];
	char path[96];
};

static int set_up(void **state)
{
	struct desk *desk = calloc(1, sizeof *desk);

	fake_folder(desk->folder);
	snprintf(desk->path, sizeof desk->path, "%s/cells.jsonl", desk->folder);
	*state = desk;
	return 0;
}

static int tear_down(void **state)
{
	struct desk *desk = *state;

	par_dir_remove(desk->folder);
	free(desk);
	return 0;
}

static json_t *record_json(const char *cell, int round)
{
	return json_pack("{s:i, s:s, s:i, s:s, s:n, s:[i, i, i], s:i, s:i, s:i, s:i, s:i, s:i, s:s,"
			 " s:n}",
		"schema", PAR_SCHEMA_VERSION, "cell", cell, "round", round, "status", "ok",
		"reason", "samples_ns", 30, 10, 20, "open_ns", 1, "warmup_ns", 2, "run_ns", 60,
		"close_ns", 4, "wall_ns", 5, "cpu_ns", 6, "digest", "0x00000000000000ff",
		"condition");
}

static void append(const struct desk *desk, const char *cell, int round)
{
	struct par_journal journal;
	json_t *json = record_json(cell, round);

	assert_int_equal(par_journal_open(&journal, desk->path, NULL), 0);
	assert_int_equal(par_journal_append(&journal, json, NULL), 0);
	par_journal_close(&journal);
	json_decref(json);
}

static void add_text(const struct desk *desk, const char *text)
{
	int fd = open(desk->path, O_WRONLY | O_APPEND | O_CREAT, 0666);

	assert_true(fd >= 0);
	assert_int_equal(par_write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static void records_come_back(void **state)
{
	struct par_records records = PAR_RECORDS_INIT;

	append(*state, "a/b/c", 1);
	append(*state, "a/b/d", 1);
	append(*state, "a/b/c", 2);
	assert_int_equal(par_journal_read(&records, ((struct desk *)*state)->path, NULL), 0);
	assert_int_equal(records.count, 3);
	assert_string_equal(records.items[1].cell, "a/b/d");
	assert_int_equal(records.items[2].round, 2);
	assert_int_equal(records.items[0].digest, 255);
	assert_true(par_record_time(&records.items[0]) == 20.0);
	par_records_fini(&records);
}

static void a_missing_journal_is_empty(void **state)
{
	struct par_records records = PAR_RECORDS_INIT;

	assert_int_equal(par_journal_read(&records, ((struct desk *)*state)->path, NULL), 0);
	assert_int_equal(records.count, 0);
	par_records_fini(&records);
}

static void a_torn_last_line_is_dropped_and_cut_off(void **state)
{
	struct desk *desk = *state;
	struct par_records records = PAR_RECORDS_INIT;

	append(desk, "a/b/c", 1);
	add_text(desk, "{\"schema\":1,\"cell\":\"a/b");
	assert_int_equal(par_journal_read(&records, desk->path, NULL), 0);
	assert_int_equal(records.count, 1);
	append(desk, "a/b/c", 2);
	par_records_fini(&records);
	assert_int_equal(par_journal_read(&records, desk->path, NULL), 0);
	assert_int_equal(records.count, 2);
	par_records_fini(&records);
}

static void refused(const struct desk *desk, int code, const char *says)
{
	struct par_records records = PAR_RECORDS_INIT;
	struct par_error error = PAR_ERROR_INIT;

	assert_int_equal(par_journal_read(&records, desk->path, &error), code);
	if (strstr(error.text, says) == NULL)
		fail_msg("says: %s", error.text);
	par_records_fini(&records);
}

static void damage_in_the_middle_names_the_line(void **state)
{
	append(*state, "a/b/c", 1);
	add_text(*state, "{\"schema\":1,\n");
	append(*state, "a/b/c", 2);
	refused(*state, -EBADMSG, "line 2");
}

static void a_newer_schema_is_refused(void **state)
{
	add_text(*state, "{\"schema\":999}\n");
	refused(*state, -EPROTO, "schema version 999");
}

static void a_visit_counts_once(void **state)
{
	append(*state, "a/b/c", 7);
	append(*state, "a/b/c", 7);
	refused(*state, -EEXIST, "a second record of a/b/c in round 7");
}

static void a_record_without_a_member_is_refused(void **state)
{
	add_text(*state, "{\"schema\":1,\"cell\":\"a/b/c\",\"round\":1,\"status\":\"fine\"}\n");
	refused(*state, -EINVAL, "'status' is 'fine'");
}

static void two_runs_never_share_a_journal(void **state)
{
	struct desk *desk = *state;
	struct par_journal one, two;
	struct par_error error = PAR_ERROR_INIT;

	assert_int_equal(par_journal_open(&one, desk->path, NULL), 0);
	assert_int_equal(par_journal_open(&two, desk->path, &error), -EBUSY);
	assert_non_null(strstr(error.text, "another run"));
	par_journal_close(&two);
	par_journal_close(&one);
}

static void an_unwritable_place_is_named(void **state)
{
	struct par_journal journal;
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	assert_int_equal(par_journal_open(&journal, "/nowhere/cells.jsonl", &error), -ENOENT);
	assert_non_null(strstr(error.text, "/nowhere/cells.jsonl"));
}

#define WITH_DESK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DESK(records_come_back),
		WITH_DESK(a_missing_journal_is_empty),
		WITH_DESK(a_torn_last_line_is_dropped_and_cut_off),
		WITH_DESK(damage_in_the_middle_names_the_line),
		WITH_DESK(a_newer_schema_is_refused),
		WITH_DESK(a_visit_counts_once),
		WITH_DESK(a_record_without_a_member_is_refused),
		WITH_DESK(two_runs_never_share_a_journal),
		WITH_DESK(an_unwritable_place_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
