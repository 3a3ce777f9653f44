/* limit_groups: the control groups of this process, as far as limit*.c asks for them. */
#ifndef PAR_LIMIT_GROUPS_H
#define PAR_LIMIT_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAR_LIMIT_GROUP_MAX 512

/*
 * Finds in `list`, the text of /proc/self/cgroup, the group that a controller of v1 has put us in
 * ("4:pids,misc:/x"), or with "" for the controller that of v2 ("0::/x"). Copies its path, "" for
 * "/". Returns false where there is none, or where it is longer than `size`. cgroups(7).
 */
bool par_limit_group_find(char *path, size_t size, const char *list, const char *controller);

/*
 * How many processes of our own group of memory were killed for want of it, whoever's limit it was:
 * oom_kill of memory.oom_control (v1, since Linux 4.19) or memory.events (v2). In a container that
 * shows only its own group, that is the root of the mount. False when there is no such count.
 */
bool par_limit_group_oom_kills(uint64_t *count);

#endif
