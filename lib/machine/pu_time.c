#include "pu_time.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "procfs.h"

static bool add_pu(struct par_pu_time *time, const char *text, int pu)
{
	char key[24], line[256];
	uint64_t idle, wait, irq, softirq, steal;

	snprintf(key, sizeof key, "cpu%d ", pu);
	par_procfs_field(line, sizeof line, text, key);
	if (sscanf(line, "%*u %*u %*u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		    &idle, &wait, &irq, &softirq, &steal) != 5)
		return false;
	time->idle_ns += (idle + wait) * time->tick_ns;
	time->interrupt_ns += (irq + softirq) * time->tick_ns;
	time->rare_ns += (wait + softirq) * time->tick_ns;
	time->stolen_ns += steal * time->tick_ns;
	return true;
}

void par_pu_time_parse(struct par_pu_time *time, const char *text, const int *pus, unsigned count)
{
	long ticks = sysconf(_SC_CLK_TCK);

	*time = (struct par_pu_time){ .count = count,
		.known = text != NULL && count > 0 && ticks > 0 };
	if (time->known)
		time->tick_ns = PAR_NS_PER_S / (uint64_t)ticks;
	for (unsigned i = 0; time->known && i < count; i++)
		time->known = add_pu(time, text, pus[i]);
}

void par_pu_time_read(struct par_pu_time *time, const char *root, const int *pus, unsigned count)
{
	char *text = par_procfs_read(root, "/proc/stat");

	par_pu_time_parse(time, text, pus, count);
	free(text);
}
