/*
 * Texts of the kernel (/proc, /sys, cgroups): whatever they hold, reading ends soon and gives
 * numbers in their ranges. See tree.h for the form of the input.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "disturbance.h"
#include "environment.h"
#include "footprint.h"
#include "fuzz.h"
#include "limit.h"
#include "pressure.h"
#include "schedstat.h"
#include "surroundings.h"
#include "throttle.h"
#include "tree.h"

static void check_cgroup(const struct par_cgroup *cgroup)
{
	FUZZ_CHECK(cgroup->quota_cpus >= 0 && isfinite(cgroup->quota_cpus), "quota %g",
		cgroup->quota_cpus);
	FUZZ_CHECK(cgroup->memory_limit_bytes <= INT64_MAX, "memory");
	FUZZ_CHECK(memchr(cgroup->path, '\0', sizeof cgroup->path) != NULL, "path");
}

static void check_environment(void)
{
	struct par_environment e;

	par_environment_read_below(&e, "");
	FUZZ_CHECK(
		e.memory_available_bytes >= -1, "memory %jd", (intmax_t)e.memory_available_bytes);
	FUZZ_CHECK(
		isnan(e.load_1m) || (e.load_1m >= 0 && isfinite(e.load_1m)), "load %g", e.load_1m);
}

static void check_surroundings(void)
{
	static const int pus[] = { 0, 1 };
	static const struct par_family family = PAR_FAMILY_INIT;
	struct par_surroundings before = { .frequency_khz = -1 }, after;
	struct par_disturbance disturbance;

	par_surroundings_read(&after, "", pus, 2, &family);
	check_cgroup(&after.cgroup);
	FUZZ_CHECK(after.throttle.events >= -1 && after.throttle.ms >= -1, "throttle");
	par_disturbance_between(&disturbance, &before, &after, 2);
	par_disturbance_between(&disturbance, &after, &before, 2);
}

static void check_texts(const char *text)
{
	struct par_schedstat_times times = { 0, 0 };
	uint64_t bytes = 0;

	(void)par_schedstat_parse(&times, text);
	(void)par_footprint_parse(&bytes, text, "Pss:");
	(void)par_footprint_parse(&bytes, text, "VmHWM:");
	FUZZ_CHECK(bytes % 1024 == 0, "kB are 1024 bytes");
}

static void check_limits(void)
{
	static const int codes[] = { -EAGAIN, -ENOMEM, -ENFILE };
	struct par_error cause;

	(void)par_limit_oom_kills();
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		cause = (struct par_error)PAR_ERROR_INIT;
		FUZZ_CHECK(par_limit_explain(&cause, codes[i])[0] != '\0', "nothing said");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	fuzz_tree_begin(text);
	check_environment();
	check_surroundings();
	check_texts(text);
	check_limits();
	free(text);
	return 0;
}
