/*
 * energy: what the packages used, from /sys/class/powercap (RAPL; Documentation/power/powercap).
 *
 * Only domains named "package-N" are summed: the others are parts of them or contain them. The
 * kernel's counters move about once a millisecond and wrap around at max_energy_range_uj.
 */
#ifndef PAR_ENERGY_H
#define PAR_ENERGY_H

#include <stdint.h>

#define PAR_ENERGY_DOMAINS_MAX 16

/* Inert when zeroed: nothing can be read. */
struct par_energy {
	char paths[PAR_ENERGY_DOMAINS_MAX][96]; /* of energy_uj */
	uint64_t range_uj[PAR_ENERGY_DOMAINS_MAX];
	uint64_t start_uj[PAR_ENERGY_DOMAINS_MAX];
	unsigned domains;
	uint64_t used_uj; /* between all starts and stops */
};

#define PAR_ENERGY_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Finds the domains under `root` ("" for the real tree). Returns 0, -ENOENT (there are none), or
 * -EACCES (they are there and cannot be read: since 2020 only root may).
 */
int par_energy_init(struct par_energy *energy, const char *root);

/* The region begins or goes on, and ends; used_uj grows by what lies between. 0 or -EIO. */
int par_energy_start(struct par_energy *energy, const char *root);
int par_energy_stop(struct par_energy *energy, const char *root);

#endif
