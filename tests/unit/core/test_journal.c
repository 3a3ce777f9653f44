#include "core_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>

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

/* A refusal says all in one line, and leaves the file as it is. */
static void refused(const struct desk *desk, int code, const char *says)
{
	struct par_records records = PAR_RECORDS_INIT;
	struct par_error error = PAR_ERROR_INIT;
	char *before, *after;
	size_t size, size_after;

	assert_int_equal(par_file_read(&before, &size, desk->path, 1 << 26), 0);
	assert_int_equal(par_journal_read(&records, desk->path, &error), code);
	if (strstr(error.text, says) == NULL || strstr(error.text, desk->path) == NULL)
		fail_msg("says: %s", error.text);
	assert_true(strstr(error.text, "; ") != NULL); /* the way out */
	for (const char *at = error.text; *at != '\0'; at++)
		assert_true(*at >= ' ' && *at <= '~');
	assert_int_equal(par_file_read(&after, &size_after, desk->path, 1 << 26), 0);
	assert_int_equal(size, size_after);
	assert_memory_equal(before, after, size);
	free(before);
	free(after);
	par_records_fini(&records);
}

/* Two good lines around a bad one of `size` bytes. */
static void refused_in_the_middle(
	struct desk *desk, const char *line, size_t size, int code, const char *says)
{
	int fd;

	unlink(desk->path);
	append(desk, "a/b/c", 1);
	fd = open(desk->path, O_WRONLY | O_APPEND);
	assert_true(fd >= 0);
	assert_int_equal(par_write_all(fd, line, size), 0);
	assert_int_equal(par_write_all(fd, "\n", 1), 0);
	close(fd);
	append(desk, "a/b/c", 2);
	refused(desk, code, "line 2: ");
	refused(desk, code, says);
}

static void damage_in_the_middle_names_the_line(void **state)
{
	static const char zero[] = "{\"schema\":1,\0\"a\":1}";
	static const struct {
		const char *line;
		int code;
		const char *says;
	} cases[] = {
		{ "{\"schema\":1,", -EBADMSG, "delete the line" },
		{ "", -EBADMSG, "expected" },
		{ "[1]", -EINVAL, "a record is a JSON object" },
		{ "{}", -EINVAL, "'schema'" },
		{ "{\"schema\":\"1\"}", -EINVAL, "'schema'" },
		{ "{\"schema\":1,\"cell\":\"a\xff\"}", -EBADMSG, "decode byte" },
		{ "{\"schema\":1,\"schema\":1}", -EBADMSG, "duplicate" },
		{ "{\"schema\":1,\"pus\":[],\"pus\":[]}", -EBADMSG, "duplicate" },
		{ "{\"schema\":1,\"energy_j\":1e400}", -EBADMSG, "overflow" },
		{ "{\"schema\":1,\"argv\":1e400}", -EBADMSG, "overflow" },
		{ "{\"schema\":1,\"round\":123456789012345678901234567890}", -EBADMSG, "big" },
		{ "{\"schema\":1,\"energy_j\":NaN}", -EBADMSG, "NaN" },
		{ "{\"schema\":1}{\"schema\":1}", -EBADMSG, "end of file expected" },
		{ "{\"schema\":1,\"usage\":{\"user_ns\":1]}", -EBADMSG, "line 2" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		refused_in_the_middle(
			*state, cases[i].line, strlen(cases[i].line), cases[i].code, cases[i].says);
	refused_in_the_middle(*state, zero, sizeof zero - 1, -EBADMSG, "zero byte");
}

static void depth_and_length_have_bounds(void **state)
{
	size_t size = 5U << 20;
	char *line = malloc(size);

	assert_non_null(line);
	memset(line, '[', size);
	refused_in_the_middle(*state, line, 100000, -EBADMSG, "depth");
	memset(line, ' ', size);
	refused_in_the_middle(*state, line, size, -EFBIG, "longer than 4194304 bytes");
	free(line);
}

static void another_schema_is_refused(void **state)
{
	static const char newer[] = "{\"schema\":2,\"cell\":7}";

	refused_in_the_middle(*state, newer, strlen(newer), -EPROTO, "schema version 2");
	refused_in_the_middle(
		*state, newer, strlen(newer), -EPROTO, "use the parbench that wrote it");
}

static void set_text(json_t *json, const char *name, const char *value)
{
	json_object_set_new(json, name, json_loads(value, JSON_DECODE_ANY, NULL));
}

static void what_may_be_absent_is_not_told(void **state)
{
	struct desk *desk = *state;
	struct par_records records = PAR_RECORDS_INIT;
	json_t *json = record_json("a/b/d", 1);
	struct par_journal journal;

	append(desk, "a/b/c", 1);
	set_text(json, "scheduling", "{\"running_ns\":5,\"runnable_ns\":0.5,\"blocked_ns\":null}");
	set_text(json, "memory", "{\"pss_bytes\":4096,\"peak_bytes\":8192}");
	set_text(json, "latency",
		"{\"n\":9,\"p50_ns\":1,\"p90_ns\":2,\"p99_ns\":null,\"p999_ns\":null,\"max_ns\":"
		"3}");
	set_text(json, "energy_j", "1.5");
	assert_int_equal(par_journal_open(&journal, desk->path, NULL), 0);
	assert_int_equal(par_journal_append(&journal, json, NULL), 0);
	par_journal_close(&journal);
	json_decref(json);
	assert_int_equal(par_journal_read(&records, desk->path, NULL), 0);
	assert_true(isnan(records.items[0].running_ns) && isnan(records.items[0].energy_j));
	assert_true(isnan(records.items[0].pss_bytes) && records.items[0].latency_n == 0);
	assert_true(records.items[1].running_ns == 5 && records.items[1].runnable_ns == 0.5);
	assert_true(isnan(records.items[1].blocked_ns));
	assert_true(records.items[1].pss_bytes == 4096 && records.items[1].peak_bytes == 8192);
	assert_true(isnan(records.items[1].worker_pss_bytes));
	assert_true(records.items[1].energy_j == 1.5);
	assert_int_equal(records.items[1].latency_n, 9);
	assert_int_equal(records.items[1].latency_ns[PAR_LATENCY_P90], 2);
	assert_int_equal(records.items[1].latency_ns[PAR_LATENCY_P99], 0);
	par_records_fini(&records);
}

static void a_wrong_type_names_the_member(void **state)
{
	static const struct {
		const char *name, *value, *says;
	} cases[] = {
		{ "scheduling", "[]", "'scheduling' is not an object" },
		{ "scheduling", "{\"blocked_ns\":\"5\"}", "'scheduling.blocked_ns'" },
		{ "memory", "{\"peak_bytes\":-1}", "'memory.peak_bytes'" },
		{ "latency", "{\"n\":1}", "'latency.p50_ns' is missing" },
		{ "energy_j", "true", "'energy_j'" },
		{ "samples_ns", "[0]", "'samples_ns' holds no positive time" },
		{ "round", "4294967296", "'round'" },
		{ "digest", "7", "'digest'" },
		{ "status", "\"ok\\u001b[2J\"", "'status' is 'ok?[2J'" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *json = record_json("a/b/c", 3);
		char *line;

		set_text(json, cases[i].name, cases[i].value);
		line = json_dumps(json, JSON_COMPACT);
		refused_in_the_middle(*state, line, strlen(line), -EINVAL, cases[i].says);
		free(line);
		json_decref(json);
	}
}

/* More lines than one block of the reader or of the texts holds. */
static void a_long_journal_comes_back(void **state)
{
	struct desk *desk = *state;
	struct par_records records = PAR_RECORDS_INIT;
	FILE *file = fopen(desk->path, "w");

	assert_non_null(file);
	for (int i = 0; i < 3000; i++) {
		char cell[32];
		json_t *json;

		snprintf(cell, sizeof cell, "a/b/%d", i % 1000);
		json = record_json(cell, 1 + i / 1000);
		assert_int_equal(json_dumpf(json, file, JSON_COMPACT), 0);
		assert_true(fputc('\n', file) != EOF);
		json_decref(json);
	}
	assert_int_equal(fclose(file), 0);
	assert_int_equal(par_journal_read(&records, desk->path, NULL), 0);
	assert_int_equal(records.count, 3000);
	for (int i = 0; i < 3000; i++) {
		assert_int_equal(atoi(records.items[i].cell + 4), i % 1000);
		assert_int_equal(records.items[i].round, 1 + i / 1000);
		assert_int_equal(records.items[i].samples_ns[2], 20);
		assert_ptr_equal(records.items[i].cell, records.items[i % 1000].cell);
	}
	par_records_fini(&records);
	append(desk, "a/b/500", 3);
	refused(desk, -EEXIST, "line 3001: a second record of a/b/500 in round 3");
}

/* A resume may still be refused. */
static void opening_changes_nothing(void **state)
{
	struct desk *desk = *state;
	struct par_journal journal;
	char *text;
	size_t size;

	append(desk, "a/b/c", 1);
	add_text(desk, "{\"schema\":1");
	assert_int_equal(par_journal_open(&journal, desk->path, NULL), 0);
	assert_int_equal(journal.torn, 11);
	par_journal_close(&journal);
	assert_int_equal(par_file_read(&text, &size, desk->path, 1 << 20), 0);
	assert_string_equal(text + size - 11, "{\"schema\":1");
	free(text);
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
		WITH_DESK(depth_and_length_have_bounds),
		WITH_DESK(another_schema_is_refused),
		WITH_DESK(what_may_be_absent_is_not_told),
		WITH_DESK(a_wrong_type_names_the_member),
		WITH_DESK(a_long_journal_comes_back),
		WITH_DESK(opening_changes_nothing),
		WITH_DESK(a_visit_counts_once),
		WITH_DESK(a_record_without_a_member_is_refused),
		WITH_DESK(two_runs_never_share_a_journal),
		WITH_DESK(an_unwritable_place_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
