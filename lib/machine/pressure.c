#include "pressure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "procfs.h"

/* "some avg10=0.00 avg60=0.06 avg300=0.25 total=6562610" */
static int64_t read_total(const char *root, const char *path)
{
	char line[128];
	const char *total;
	int64_t us;

	par_procfs_line(line, sizeof line, root, path);
	total = strstr(line, "total=");
	if (strncmp(line, "some ", 5) != 0 || total == NULL ||
		sscanf(total, "total=%" SCNd64, &us) != 1)
		return -1;
	return us;
}

static int64_t read_swapped(const char *root)
{
	char in[32], out[32];
	char *text = par_procfs_read(root, "/proc/vmstat");

	par_procfs_field(in, sizeof in, text, "pswpin ");
	par_procfs_field(out, sizeof out, text, "pswpout ");
	free(text);
	return *in == '\0' || *out == '\0'
		       ? -1
		       : (int64_t)(strtoull(in, NULL, 10) + strtoull(out, NULL, 10));
}

void par_pressure_read(struct par_pressure *pressure, const char *root)
{
	*pressure = (struct par_pressure){
		.cpu_us = read_total(root, "/proc/pressure/cpu"),
		.memory_us = read_total(root, "/proc/pressure/memory"),
		.io_us = read_total(root, "/proc/pressure/io"),
		.swapped_pages = read_swapped(root),
	};
}
