/*
 * doctor_fixture: a machine made of files, and what the doctor says of it.
 */
#ifndef TEST_DOCTOR_FIXTURE_H
#define TEST_DOCTOR_FIXTURE_H

#include "fake_tree.h"

#include "doctor_parts.h"

static const struct par_doctor_input doctor_input = {
	.widest = 64, .build_type = "Release", .build_flags = "-O2 -g", .folder = "/home/me/work"
};

/* Writes `text` to one file of CPUs first to last. */
static inline void put_cpus(
	const struct fake_tree *tree, int first, int last, const char *file, const char *text)
{
	for (int cpu = first; cpu <= last; cpu++) {
		char path[160];

		snprintf(path, sizeof path, PAR_DOCTOR_CPU "cpu%d/%s", cpu, file);
		fake_tree_put(tree, path, text);
	}
}

/* A machine with `last` + 1 CPUs. */
static inline struct fake_tree doctor_tree(int last)
{
	struct fake_tree tree = fake_tree_open();
	char text[64];

	snprintf(text, sizeof text, "0-%d\n", last);
	fake_tree_put(&tree, PAR_DOCTOR_CPU "online", text);
	snprintf(text, sizeof text, "Cpus_allowed_list:\t0-%d\n", last);
	fake_tree_put(&tree, "/proc/self/status", text);
	return tree;
}

static inline void doctor_look(struct par_doctor *doctor, const struct fake_tree *tree)
{
	assert_int_equal(par_doctor_examine(doctor, &doctor_input, tree->root), 0);
}

static inline const struct par_doctor_check *doctor_find(
	const struct par_doctor *doctor, const char *id)
{
	for (size_t i = 0; i < doctor->count; i++)
		if (strcmp(doctor->checks[i].id, id) == 0)
			return &doctor->checks[i];
	fail_msg("no check '%s'", id);
	return NULL;
}

/* What is expected of one check; NULL: do not look. */
struct doctor_expected {
	const char *id;
	enum par_doctor_state state;
	enum par_doctor_matter matter;                /* where it disturbs */
	const char *found, *mend, *restore, *instead; /* parts of the texts; "" : empty */
};

static inline void expect_part(const char *id, const char *text, const char *part)
{
	if (part == NULL)
		return;
	if (part[0] == '\0' ? text[0] != '\0' : strstr(text, part) == NULL)
		fail_msg("%s: '%s' instead of '%s'", id, text, part);
}

static inline void doctor_expect(
	const struct fake_tree *tree, const struct doctor_expected *expected)
{
	struct par_doctor doctor;
	const struct par_doctor_check *check;

	doctor_look(&doctor, tree);
	check = doctor_find(&doctor, expected->id);
	if (check->state != expected->state)
		fail_msg("%s is %s: %s", check->id, par_doctor_state_name(check->state),
			check->found);
	if (check->state == PAR_DOCTOR_DISTURBS && check->matter != expected->matter)
		fail_msg("%s matters %s", check->id, par_doctor_matter_name(check->matter));
	expect_part(check->id, check->found, expected->found);
	expect_part(check->id, par_text_get(&check->mend), expected->mend);
	expect_part(check->id, par_text_get(&check->restore), expected->restore);
	expect_part(check->id, check->instead, expected->instead);
	par_doctor_fini(&doctor);
}

#define GOOD       PAR_DOCTOR_GOOD, PAR_DOCTOR_MUCH
#define UNKNOWN    PAR_DOCTOR_UNKNOWN, PAR_DOCTOR_MUCH
#define DISTURBS   PAR_DOCTOR_DISTURBS
#define NO_COMMAND "", "", NULL

/* A machine of four CPUs with these files, and what one check says of it. */
struct doctor_scene {
	const char *files[4][2]; /* path, content */
	struct doctor_expected expected;
};

static inline void doctor_play(const struct doctor_scene *scenes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct fake_tree tree = doctor_tree(3);

		for (size_t j = 0; j < 4 && scenes[i].files[j][0] != NULL; j++)
			fake_tree_put(&tree, scenes[i].files[j][0], scenes[i].files[j][1]);
		doctor_expect(&tree, &scenes[i].expected);
		fake_tree_close(&tree);
	}
}

#define PLAY(scenes) doctor_play(scenes, sizeof(scenes) / sizeof(scenes)[0])

#endif
