/*
 * machines: machines that stand nowhere, for tests of placement, plans and reports.
 *
 * Each call fails the running test when the machine cannot be made. Free with par_machine_fini().
 */
#ifndef TEST_MACHINES_H
#define TEST_MACHINES_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "machine.h"

#define MACHINE_ONE_CORE "pack:1 core:1 pu:1"
/* 2 packages x 2 NUMA nodes x 8 cores x 2 PUs; siblings are neighbours: core i has PUs 2i, 2i + 1.
 */
#define MACHINE_2X2X8X2 "pack:2 numa:2 l3:1 core:8 pu:2"
/* 256 cores: 2 packages of 8 L3s of 16 cores. */
#define MACHINE_256 "pack:2 numa:1 l3:8 core:16 pu:1"

/* A machine in hwloc's synthetic notation. */
static inline struct par_machine machine_synthetic(const char *text)
{
	struct par_machine machine = PAR_MACHINE_INIT;
	struct par_error error = PAR_ERROR_INIT;
	int code;

	assert_int_equal(setenv("HWLOC_SYNTHETIC", text, 1), 0);
	code = par_machine_init(&machine, &error);
	assert_int_equal(unsetenv("HWLOC_SYNTHETIC"), 0);
	if (code < 0)
		fail_msg("%s", error.text);
	return machine;
}

/* The path of a file of tests/machines, found from where this header stands. */
static inline void machine_path(char path[PATH_MAX], const char *name)
{
	const char *slash = strrchr(__FILE__, '/');
	int length = slash ? (int)(slash - __FILE__) : 0;

	(void)snprintf(path, PATH_MAX, "%.*s/../../machines/%s", length, __FILE__, name);
}

/* A machine of tests/machines, such as "hybrid_8p16e.xml". */
static inline struct par_machine machine_fixture(const char *name)
{
	struct par_machine machine = PAR_MACHINE_INIT;
	struct par_error error = PAR_ERROR_INIT;
	char path[PATH_MAX];

	machine_path(path, name);
	if (par_machine_init_xml(&machine, path, &error) < 0)
		fail_msg("%s", error.text);
	return machine;
}

#endif
