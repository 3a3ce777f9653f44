/* Reading run.json back: what was changed or damaged is named, before anybody relies on it. */
#include "core_fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "run_info.h"

#define PATH "/tmp/parbench-run-info-XXXXXX"

/* The members that are relied on. */
static json_t *sound(void)
{
	return json_pack(
		"{s:i, s:[s], s:i, s:i, s:[{s:s, s:n}], s:[], s:{s:i}, s:{s:n, s:n}, s:{}}",
		"schema", PAR_SCHEMA_VERSION, "command", "parbench", "seed", 7, "budget_ns", 5,
		"plan", "cell", "x/hash/serial", "skip", "order", "timing", "wall_ns", 0, "machine",
		"quota_cpus", "memory_limit_bytes", "environment");
}

/* Loads that text and reads its plan. */
static int read_text(const char *text, size_t size, struct par_error *error)
{
	char path[] = PATH;
	struct par_plan plan = PAR_PLAN_INIT;
	json_t *info = NULL;
	int status, fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(par_write_all(fd, text, size), 0);
	status = par_run_info_load(&info, path, error);
	if (status == 0)
		status = par_run_info_plan(&plan, info, &fake_registry, error);
	par_plan_fini(&plan);
	json_decref(info);
	close(fd);
	unlink(path);
	return status;
}

static int read_json(json_t *json, struct par_error *error)
{
	char *text = json_dumps(json, 0);
	int status = read_text(text, strlen(text), error);

	free(text);
	json_decref(json);
	return status;
}

static void a_sound_one_is_read(void **state)
{
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	if (read_json(sound(), &error) != 0)
		fail_msg("%s", error.text);
}

static void what_is_no_run_is_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "expected near" },
		{ "[]", "member 'schema' is not a whole number: " },
		{ "{}", "member 'schema' is not a whole number: " },
		{ "{\"schema\":\"1\"}", "member 'schema' is not a whole number: " },
		{ "{\"schema\":1.0}", "member 'schema' is not a whole number: " },
		{ "{\"schema\":1,\"schema\":1}", "duplicate" },
		{ "{\"schema\":99}", "use the parbench that wrote it" },
		{ "{\"schema\":99999999999999999999}", "too big integer" },
		{ "{\"schema\":NaN}", "line 1" },
		{ "{\"schema\":1e999}", "real number overflow" },
		{ "{\"a\":\"\\u0000\"}", "\\u0000" },
		{ "{\"a\":\"\xff\"}", "unable to decode byte 0xff" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct par_error error = PAR_ERROR_INIT;

		assert_true(read_text(cases[i].text, strlen(cases[i].text), &error) < 0);
		assert_non_null(strstr(error.text, "parbench-run-info-"));
		if (strstr(error.text, cases[i].says) == NULL)
			fail_msg("%s gave: %s", cases[i].text, error.text);
	}
}

/* One value in place of a sound one; `group` NULL: a member of the file itself. */
static void refuses(const char *group, const char *name, json_t *value, const char *says)
{
	struct par_error error = PAR_ERROR_INIT;
	json_t *info = sound();

	json_object_set_new(group != NULL ? json_object_get(info, group) : info, name, value);
	assert_true(read_json(info, &error) < 0);
	if (strstr(error.text, says) == NULL)
		fail_msg("%s gave: %s", name, error.text);
}

static void what_is_relied_on_is_checked(void **state)
{
	struct par_error error = PAR_ERROR_INIT;
	json_t *info = sound();

	(void)state;
	json_object_del(info, "order");
	assert_int_equal(read_json(info, &error), -EBADMSG);
	assert_non_null(strstr(error.text, "member 'order' is not a list"));
	assert_non_null(strstr(error.text, "restore it, or measure again"));
	refuses(NULL, "seed", json_integer(-1), "'seed' is not a whole number >= 0");
	refuses(NULL, "budget_ns", json_integer(-1), "'budget_ns'");
	refuses(NULL, "budget_ns", json_real(1e9), "'budget_ns'");
	refuses(NULL, "resumed", json_object(), "'resumed' is not a list");
	refuses(NULL, "machine", json_null(), "'machine' is not an object");
	refuses("timing", "wall_ns", json_integer(-5), "'timing.wall_ns'");
	refuses("machine", "memory_limit_bytes", json_integer(-1), "'machine.memory_limit_bytes'");
	refuses("machine", "quota_cpus", json_real(-0.5), "'machine.quota_cpus' is not a number");
	refuses("machine", "quota_cpus", json_real(1e300), "'machine.quota_cpus'");
}

static void the_plan_is_checked(void **state)
{
	(void)state;
	refuses(NULL, "plan", json_pack("[{s:i}]", "cell", 7), "plan entry 0 names no cell");
	refuses(NULL, "plan", json_pack("[n]"), "plan entry 0 names no cell");
	refuses(NULL, "plan", json_pack("[{s:s}]", "cell", "x/hasch/serial"),
		"did you mean 'hash'");
	refuses(NULL, "plan", json_pack("[{s:s, s:i}]", "cell", "x/hash/serial", "skip", 1),
		"'skip' of x/hash/serial is no text");
	refuses(NULL, "plan",
		json_pack(
			"[{s:s}, {s:s}]", "cell", "x/hash/serial", "cell", "x/hash/serial/cores=1"),
		"is planned twice");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_one_is_read),
		cmocka_unit_test(what_is_no_run_is_refused),
		cmocka_unit_test(what_is_relied_on_is_checked),
		cmocka_unit_test(the_plan_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
