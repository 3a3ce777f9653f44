/*
 * limit: which limit of this process, its groups or the kernel is behind a failure.
 *
 * An errno says what ran out ("Resource temporarily unavailable"), not who set the bound. Asked
 * after the failure, when what was taken has often been given back, so it names the bound with the
 * least room left, not one that is reached at this moment.
 */
#ifndef PAR_LIMIT_H
#define PAR_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"

/*
 * "Too many open files (EMFILE; limit of open files, RLIMIT_NOFILE = 50)" in `cause->text`, which
 * it returns; without the limit where none is finite or can be the cause.
 *
 *   ENOMEM  RLIMIT_AS, RLIMIT_DATA, vm.max_map_count, vm.overcommit_memory = 2
 *   EMFILE  RLIMIT_NOFILE;  ENFILE  fs.file-max;  EFBIG  RLIMIT_FSIZE
 *
 * getrlimit(2), cgroup-v2.rst, Documentation/admin-guide/sysctl/{kernel,vm,fs}.rst.
 */
const char *par_limit_explain(struct par_error *cause, int code);

/*
 * The same of a failure to create a process or a thread. Only then is EAGAIN put down to a limit,
 * since it has many other causes:
 *
 *   EAGAIN  RLIMIT_NPROC, pids.max of a cgroup, kernel.threads-max, kernel.pid_max; else, since a
 *           thread without room for its stack says the same, RLIMIT_AS, RLIMIT_DATA
 *
 * fork(2), pthread_create(3).
 */
const char *par_limit_explain_start(struct par_error *cause, int code);

/* The limit that sends this signal ("limit of file size in bytes, RLIMIT_FSIZE = 4096"), without
 * its value when this process has none; "" for other signals. */
const char *par_limit_of_signal(struct par_error *cause, int signal);

/*
 * How many processes of our own control group the kernel has killed for want of memory; where that
 * is not counted, how many of the whole machine (oom_kill of /proc/vmstat; 0 before Linux 4.13).
 */
uint64_t par_limit_oom_kills(void);

/* Which of the two it is: true for our own group. */
bool par_limit_oom_kills_are_ours(void);

#endif
