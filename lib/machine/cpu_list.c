#include "cpu_list.h"

#include <errno.h>
#include <stdlib.h>

int par_cpu_list_read(int **cpus, const char *list)
{
	unsigned count = 0;

	*cpus = calloc(PAR_CPU_LIST_MAX, sizeof **cpus);
	if (*cpus == NULL)
		return -ENOMEM;
	for (const char *at = list; *at >= '0' && *at <= '9';) {
		char *end;
		long first = strtol(at, &end, 10), last = first;

		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		for (long cpu = first; cpu <= last && count < PAR_CPU_LIST_MAX; cpu++)
			(*cpus)[count++] = (int)cpu;
		at = *end == ',' ? end + 1 : "";
	}
	if (count > 0)
		return (int)count;
	free(*cpus);
	*cpus = NULL;
	return 0;
}
