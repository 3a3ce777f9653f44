/* Power and heat: what makes the firmware lower the clock. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <dirent.h>
#include <limits.h>

#include "doctor_parts.h"
#include "procfs.h"
#include "throttle.h"

#define NEAR_MILLIDEGREES 10000 /* of the limit: load adds more than that */
#define SENSORS           32    /* a chip's temperatures, or a zone's trip points, at most */

/* The caller closes it; NULL: there is no such class. */
static DIR *open_class(const char *root, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/sys/class/%s", root, name);
	return opendir(path);
}

static void class_line(char *line, size_t size, const struct par_doctor_look *look,
	const char *class, const char *entry, const char *file)
{
	char path[512];

	snprintf(path, sizeof path, "/sys/class/%s/%.200s/%s", class, entry, file);
	par_procfs_line(line, size, look->root, path);
}

static int64_t class_number(
	const struct par_doctor_look *look, const char *class, const char *entry, const char *file)
{
	char path[512];

	snprintf(path, sizeof path, "/sys/class/%s/%.200s/%s", class, entry, file);
	return par_procfs_number(look->root, path, INT64_MIN);
}

struct supplies {
	unsigned mains, mains_online, discharging;
};

static void add_supply(
	struct supplies *supplies, const struct par_doctor_look *look, const char *entry)
{
	char type[32], status[32], scope[32];

	class_line(type, sizeof type, look, "power_supply", entry, "type");
	class_line(status, sizeof status, look, "power_supply", entry, "status");
	class_line(scope, sizeof scope, look, "power_supply", entry, "scope");
	if (strcmp(scope, "Device") == 0) /* of a mouse, say */
		return;
	supplies->discharging += strcmp(type, "Battery") == 0 && strcmp(status, "Discharging") == 0;
	if (strcmp(type, "Mains") != 0)
		return;
	supplies->mains++;
	supplies->mains_online += class_number(look, "power_supply", entry, "online") == 1;
}

void par_doctor_supply(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	struct supplies supplies = { 0 };
	DIR *folder = open_class(look->root, "power_supply");
	const struct dirent *entry;

	par_doctor_why(check, "On a battery the firmware holds power down: clocks may halve, and "
			      "fall further as it empties.");
	while (folder != NULL && (entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.')
			add_supply(&supplies, look, entry->d_name);
	if (folder != NULL)
		closedir(folder);
	if (supplies.mains_online > 0) {
		par_doctor_good(check, "mains");
	} else if (supplies.mains > 0 || supplies.discharging > 0) {
		par_doctor_disturbs(check, PAR_DOCTOR_MUCH, "battery");
		par_doctor_instead(check, "Plug in the power adapter.");
	} else {
		par_doctor_unknown(check, "no battery and no adapter is shown");
	}
}

void par_doctor_throttling(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	struct par_throttle throttle;

	par_doctor_why(check, "A processor that is too hot lowers its clock, by a third or more, "
			      "for what runs then. Visits in which it happens are measured again.");
	par_throttle_read(&throttle, look->root, look->cpus, look->cpu_count);
	if (throttle.events < 0) {
		par_doctor_unknown(check, "this machine does not tell");
		return;
	}
	if (throttle.events == 0) {
		par_doctor_good(check, "never since the machine was started");
		return;
	}
	if (throttle.ms >= 0)
		par_doctor_disturbs(check, PAR_DOCTOR_SOME,
			"%" PRId64 " times since the machine was started, %.1f s in all",
			throttle.events, (double)throttle.ms / 1e3);
	else
		par_doctor_disturbs(check, PAR_DOCTOR_SOME,
			"%" PRId64 " times since the machine was started", throttle.events);
	par_doctor_instead(check, "Clean the fans, lift the laptop, or switch turbo off: it makes "
				  "the most heat.");
}

/* How far the hottest sensor is from its limit. */
struct heat {
	int64_t room, now, limit; /* thousandths of a degree Celsius */
};

static void add_heat(struct heat *heat, int64_t now, int64_t limit)
{
	/* Sensors without a limit say 0 or less, and some sensors are not there. */
	if (now < 1000 || limit < 50000 || limit > 150000)
		return;
	if (heat->limit == 0 || limit - now < heat->room)
		*heat = (struct heat){ limit - now, now, limit };
}

static void add_chip(struct heat *heat, const struct par_doctor_look *look, const char *entry)
{
	static const char *const chips[] = { "coretemp", "k10temp", "zenpower", "cpu_thermal" };
	char name[32], file[32];
	bool known = false;

	class_line(name, sizeof name, look, "hwmon", entry, "name");
	for (size_t i = 0; i < sizeof chips / sizeof chips[0]; i++)
		known |= strcmp(name, chips[i]) == 0;
	for (unsigned i = 1; known && i <= SENSORS; i++) {
		int64_t now, limit;

		snprintf(file, sizeof file, "temp%u_input", i);
		now = class_number(look, "hwmon", entry, file);
		snprintf(file, sizeof file, "temp%u_crit", i);
		limit = class_number(look, "hwmon", entry, file);
		add_heat(heat, now, limit);
	}
}

static void add_zone(struct heat *heat, const struct par_doctor_look *look, const char *entry)
{
	char type[32], file[32];
	int64_t now;

	class_line(type, sizeof type, look, "thermal", entry, "type");
	if (strncmp(type, "cpu", 3) != 0 && strncmp(type, "x86_pkg_temp", 12) != 0)
		return;
	now = class_number(look, "thermal", entry, "temp");
	for (unsigned i = 0; i < SENSORS; i++) {
		snprintf(file, sizeof file, "trip_point_%u_type", i);
		class_line(type, sizeof type, look, "thermal", entry, file);
		snprintf(file, sizeof file, "trip_point_%u_temp", i);
		if (strcmp(type, "passive") == 0 || strcmp(type, "hot") == 0 ||
			strcmp(type, "critical") == 0)
			add_heat(heat, now, class_number(look, "thermal", entry, file));
	}
}

static void add_class(struct heat *heat, const struct par_doctor_look *look, const char *class,
	void (*add)(struct heat *heat, const struct par_doctor_look *look, const char *entry))
{
	DIR *folder = open_class(look->root, class);
	const struct dirent *entry;

	while (folder != NULL && (entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.')
			add(heat, look, entry->d_name);
	if (folder != NULL)
		closedir(folder);
}

void par_doctor_temperature(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	struct heat heat = { 0 };

	par_doctor_why(check, "At its limit the processor lowers its clock, by a third or more, "
			      "and the later cells of a round are measured hotter than the first.");
	add_class(&heat, look, "hwmon", add_chip);
	add_class(&heat, look, "thermal", add_zone);
	if (heat.limit == 0) {
		par_doctor_unknown(check, "no sensor of the processor is shown");
	} else if (heat.room > NEAR_MILLIDEGREES) {
		par_doctor_good(check, "%.0f C, limit %.0f C", (double)heat.now / 1e3,
			(double)heat.limit / 1e3);
	} else {
		par_doctor_disturbs(check, PAR_DOCTOR_MUCH, "%.0f C, limit %.0f C",
			(double)heat.now / 1e3, (double)heat.limit / 1e3);
		par_doctor_instead(check, "Let it cool down, and see to the cooling.");
	}
}
