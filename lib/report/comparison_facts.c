/*
 * In what two runs differ, beside their times.
 */
#include <stdio.h>
#include <string.h>

#include "comparison.h"
#include "page.h"

struct fact {
	const char *path, *what;
	bool grave;
};

static const struct fact facts[] = {
	{ "environment/cpu_model", "processor", true },
	{ "environment/architecture", "architecture", true },
	{ "machine/cores", "cores", true },
	{ "machine/pus", "PUs", true },
	{ "machine/allowed_pus", "PUs that may be used", true },
	{ "machine/quota_cpus", "CPU quota", true },
	{ "environment/host", "host", false },
	{ "environment/hypervisor", "hypervisor", false },
	{ "environment/kernel", "kernel", false },
	{ "environment/distribution", "distribution", false },
	{ "environment/governor", "CPU governor", false },
	{ "environment/turbo", "turbo", false },
	{ "environment/smt", "SMT", false },
	{ "environment/thp", "huge pages", false },
	{ "environment/clocksource", "clock source", false },
	{ "compiler", "compiler", false },
	{ "flags", "compiler flags", false },
	{ "build_type", "build type", false },
	{ "version", "version of parbench", false },
	{ "git_revision", "revision of parbench", false },
	{ "target", "wanted precision", false },
};
_Static_assert(
	sizeof facts / sizeof *facts <= PAR_DIFFERENCES_MAX, "there is room for every difference");

static void keep(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%.120s", text[0] != '\0' ? text : "none");
}

size_t par_comparison_differences(
	struct par_difference out[PAR_DIFFERENCES_MAX], const json_t *base, const json_t *other)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		struct par_fact then = par_page_fact(base, facts[i].path);
		struct par_fact now = par_page_fact(other, facts[i].path);

		if (strcmp(then.text, now.text) == 0)
			continue;
		out[count].what = facts[i].what;
		out[count].grave = facts[i].grave;
		keep(out[count].base, sizeof out[count].base, then.text);
		keep(out[count].other, sizeof out[count].other, now.text);
		count++;
	}
	return count;
}
