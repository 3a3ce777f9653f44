#include "energy.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "procfs.h"

#define FOLDER "/sys/class/powercap"

static bool read_number(uint64_t *out, const char *root, const char *path)
{
	int64_t number = par_procfs_number(root, path, -1);

	*out = number < 0 ? 0 : (uint64_t)number;
	return number >= 0;
}

/* One entry of the folder. intel-rapl-mmio repeats the packages of intel-rapl. */
static int add_domain(struct par_energy *energy, const char *root, const char *entry)
{
	char path[96], name[32];
	uint64_t now;
	unsigned at = energy->domains;

	if (strlen(entry) > 32 || strncmp(entry, "intel-rapl-mmio", 15) == 0 ||
		at == PAR_ENERGY_DOMAINS_MAX)
		return 0;
	snprintf(path, sizeof path, FOLDER "/%.32s/name", entry);
	par_procfs_line(name, sizeof name, root, path);
	if (strncmp(name, "package-", 8) != 0)
		return 0;
	snprintf(energy->paths[at], sizeof energy->paths[at], FOLDER "/%.32s/energy_uj", entry);
	if (!read_number(&now, root, energy->paths[at]))
		return -EACCES;
	snprintf(path, sizeof path, FOLDER "/%.32s/max_energy_range_uj", entry);
	(void)read_number(&energy->range_uj[at], root, path);
	energy->domains++;
	return 0;
}

int par_energy_init(struct par_energy *energy, const char *root)
{
	char folder[PATH_MAX];
	const struct dirent *entry;
	DIR *domains;
	int status = 0;

	*energy = (struct par_energy)PAR_ENERGY_INIT;
	snprintf(folder, sizeof folder, "%s" FOLDER, root);
	domains = opendir(folder);
	if (domains == NULL)
		return -ENOENT;
	while (status == 0 && (entry = readdir(domains)) != NULL)
		status = add_domain(energy, root, entry->d_name);
	closedir(domains);
	if (status == 0 && energy->domains == 0)
		status = -ENOENT;
	return status;
}

int par_energy_start(struct par_energy *energy, const char *root)
{
	for (unsigned i = 0; i < energy->domains; i++)
		if (!read_number(&energy->start_uj[i], root, energy->paths[i]))
			return -EIO;
	return 0;
}

int par_energy_stop(struct par_energy *energy, const char *root)
{
	for (unsigned i = 0; i < energy->domains; i++) {
		uint64_t now, start = energy->start_uj[i];

		if (!read_number(&now, root, energy->paths[i]))
			return -EIO;
		if (now < start) /* wrapped around */
			now += energy->range_uj[i];
		if (now < start)
			return -EIO;
		energy->used_uj += now - start;
	}
	return 0;
}
