/*
 * environment: what else decides a time: kernel, governor, turbo, SMT, huge pages, limits, load.
 *
 * Read from /proc, /sys and uname; a fact that cannot be read is "" (text), -1 (number), NaN
 * (real).
 */
#ifndef PAR_ENVIRONMENT_H
#define PAR_ENVIRONMENT_H

#include <stdint.h>

struct par_environment {
	char host[128];
	char kernel[256];       /* sysname, release, version */
	char architecture[32];  /* uname -m */
	char distribution[128]; /* PRETTY_NAME of os-release */
	char hypervisor[64];   /* "" on bare metal or when unknown: "kvm", "vmware", ..., or "vm" */
	char cpu_governor[64]; /* of the CPUs this process may use; "mixed" where they differ */
	char turbo[16];        /* "on", "off", "" */
	char smt[16];          /* "on", "off", "notsupported", ... as sysfs says */
	char thp[16];          /* the chosen word of transparent_hugepage/enabled */
	char clocksource[32];
	char cgroup[256]; /* this process's cgroup v2 path */
	char cpuset[256]; /* Cpus_allowed_list of this process, cut where it is longer */
	double load_1m;
	int64_t memory_available_bytes;
	int64_t swap_used_bytes;
	int64_t limit_descriptors;   /* RLIMIT_NOFILE soft; -1 unlimited or unknown */
	int64_t limit_processes;     /* RLIMIT_NPROC soft; likewise */
	int64_t perf_event_paranoid; /* -1 is a setting as well: everything allowed */
};

/* Reads all of it. Never fails as a whole. */
void par_environment_read(struct par_environment *environment);

/*
 * The same with the files of /proc, /sys and /etc taken from below `root`, a folder that a test
 * made; uname and the limits are still this process's own. "" is the real tree.
 */
void par_environment_read_below(struct par_environment *environment, const char *root);

#endif
