/*
 * cpu_list: the kernel's lists of CPUs, "0-3,8,10-11" (cpuset(7)).
 */
#ifndef PAR_CPU_LIST_H
#define PAR_CPU_LIST_H

/* More CPUs than any kernel is built for (CONFIG_NR_CPUS); further ones are left out. */
#define PAR_CPU_LIST_MAX 8192

/*
 * Reads a list, up to what it cannot read. Returns how many CPUs it names, and *cpus is a new array
 * of them, NULL for none; or -ENOMEM.
 */
int par_cpu_list_read(int **cpus, const char *list);

#endif
