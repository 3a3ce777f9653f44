/* Who else uses the CPUs now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_parts.h"
#include "procfs.h"

#define BUSY_MUCH 0.30 /* CPUs: a job waits for its last worker, so one busy CPU spoils it */
#define BUSY_SOME 0.10 /* three ticks of the sample */
#define LOAD_A_PU 0.25 /* load average */

/* Adds "cc1 (97 % of a CPU), make (4 %)". */
static void add_names(struct par_text *text, const struct par_doctor_busy *busy)
{
	for (unsigned i = 0; i < PAR_DOCTOR_BUSIEST && busy->busiest[i].name[0] != '\0'; i++)
		par_text_format(text, "%s%s (%.0f %%%s)", i == 0 ? ": " : ", ",
			busy->busiest[i].name, 100 * busy->busiest[i].cpus,
			i == 0 ? " of a CPU" : "");
}

void par_doctor_others(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	struct par_doctor_busy busy;
	struct par_text names = PAR_TEXT_INIT;

	par_doctor_why(check, "A worker that shares its CPU takes twice as long, and a job waits "
			      "for its last worker. Visits that lose over 5 %% to others are "
			      "measured again: a busy machine takes long to measure.");
	par_doctor_busy_between(&busy, look->before, look->after);
	add_names(&names, &busy);
	if (look->after->busy_ticks == 0) {
		par_doctor_unknown(check, "not told");
	} else if (busy.cpus < BUSY_SOME) {
		par_doctor_good(check, "%.2f CPUs busy", busy.cpus);
	} else {
		par_doctor_disturbs(check,
			busy.cpus >= BUSY_MUCH ? PAR_DOCTOR_MUCH : PAR_DOCTOR_SOME,
			"%.2f CPUs busy%s", busy.cpus, par_text_get(&names));
		par_doctor_instead(check, "End them, or wait until they have ended.");
	}
	par_text_fini(&names);
}

void par_doctor_load(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	char line[64];
	char *end;
	double load;

	par_doctor_why(check, "How many threads wanted a CPU in the last minute: what ran then may "
			      "run again.");
	par_procfs_line(line, sizeof line, look->root, "/proc/loadavg");
	load = strtod(line, &end);
	if (end == line) {
		par_doctor_unknown(check, "not told");
	} else if (!(load > LOAD_A_PU * look->allowed)) {
		par_doctor_good(check, "%.2f on %u CPUs", load, look->allowed);
	} else {
		par_doctor_disturbs(check, PAR_DOCTOR_SOME, "%.2f on %u CPU%s", load, look->allowed,
			look->allowed == 1 ? "" : "s");
		par_doctor_instead(check, "Wait until it has fallen; after a build that takes some "
					  "minutes.");
	}
}

void par_doctor_other_run(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	unsigned runs = 0;

	par_doctor_why(check, "Two runs measure each other: every time of both is wrong, by up to "
			      "a factor of two.");
	for (size_t i = 0; i < look->after->count; i++)
		runs += strcmp(look->after->processes[i].name, "parbench") == 0;
	if (runs == 0) {
		par_doctor_good(check, "none");
		return;
	}
	par_doctor_disturbs(
		check, PAR_DOCTOR_MUCH, "%u process%s of parbench", runs, runs == 1 ? "" : "es");
	par_doctor_instead(check, "Wait until the other run has ended.");
}
