#include "disturbance.h"

#include <inttypes.h>
#include <unistd.h>

#include "clock.h"

#define TICK_NS (10 * PAR_NS_PER_MS) /* of /proc/stat: USER_HZ is 100 wherever Linux runs */

/* Of a counter that is -1 where it cannot be read. */
static int64_t grown(int64_t before, int64_t after)
{
	if (before < 0 || after < 0)
		return -1;
	return after > before ? after - before : 0;
}

static int64_t grown_ns(uint64_t before, uint64_t after)
{
	return after > before ? (int64_t)(after - before) : 0;
}

/* What is neither idle, nor stolen, nor interrupts, nor the visit's own. */
static int64_t others_ns(const struct par_pu_time *before, const struct par_pu_time *after,
	unsigned pus, int64_t elapsed, int64_t own)
{
	int64_t rest = elapsed * (int64_t)pus;

	if (!before->known || !after->known || own < 0)
		return -1;
	rest -= grown_ns(before->idle_ns, after->idle_ns);
	rest -= grown_ns(before->stolen_ns, after->stolen_ns);
	rest -= grown_ns(before->interrupt_ns, after->interrupt_ns);
	rest -= own;
	return rest > 0 ? rest : 0;
}

static uint64_t rare_ns(const struct par_surroundings *it)
{
	return it->pus.rare_ns + it->siblings.rare_ns + it->everywhere.rare_ns;
}

static void work_between(struct par_disturbance *out, const struct par_surroundings *before,
	const struct par_surroundings *after, unsigned pus)
{
	bool known = before->own_known && after->own_known;
	int64_t elapsed = (int64_t)out->elapsed_ns;
	int64_t servers = known ? grown_ns(before->servers_ns, after->servers_ns) : -1;

	out->own_ns = known ? grown_ns(before->own_ns, after->own_ns) : -1;
	out->servers = after->servers;
	out->siblings = after->siblings.count;
	out->everywhere = after->everywhere.count;
	out->ticks = rare_ns(before) == rare_ns(after) ? PAR_OTHERS_TICKS : PAR_OTHERS_RARE_TICKS;
	out->others_ns = others_ns(&before->pus, &after->pus, pus, elapsed, out->own_ns);
	out->siblings_ns =
		others_ns(&before->siblings, &after->siblings, out->siblings, elapsed, servers);
	out->everywhere_ns = others_ns(
		&before->everywhere, &after->everywhere, out->everywhere, elapsed, out->own_ns);
}

static void heat_between(struct par_disturbance *out, const struct par_throttle *before,
	const struct par_throttle *after)
{
	struct par_throttle_growth heat = par_throttle_between(before, after);

	out->throttle_events = heat.events;
	out->throttle_ms = heat.ms;
	out->throttle_open = heat.open;
}

static void quota_between(struct par_disturbance *out, const struct par_cgroup *before,
	const struct par_cgroup *after)
{
	bool known = before->throttled_known && after->throttled_known;

	out->quota_cpus = after->quota_cpus;
	out->quota_periods =
		known ? grown_ns(before->throttled_periods, after->throttled_periods) : -1;
	out->quota_ns = known ? grown_ns(before->throttled_ns, after->throttled_ns) : -1;
}

static void pressure_between(struct par_disturbance *out, const struct par_pressure *before,
	const struct par_pressure *after)
{
	out->swapped_pages = grown(before->swapped_pages, after->swapped_pages);
	out->pressure_cpu_us = grown(before->cpu_us, after->cpu_us);
	out->pressure_memory_us = grown(before->memory_us, after->memory_us);
	out->pressure_io_us = grown(before->io_us, after->io_us);
}

void par_disturbance_between(struct par_disturbance *disturbance,
	const struct par_surroundings *before, const struct par_surroundings *after, unsigned pus)
{
	*disturbance = (struct par_disturbance){
		.elapsed_ns = (uint64_t)grown_ns(before->at_ns, after->at_ns),
		.stolen_ns = before->pus.known && after->pus.known
				     ? grown_ns(before->pus.stolen_ns, after->pus.stolen_ns)
				     : -1,
		.suspended_ns = grown_ns(before->suspended_ns, after->suspended_ns),
		.preemptions = grown(before->preemptions, after->preemptions),
		.frequency_before_khz = before->frequency_khz,
		.frequency_after_khz = after->frequency_khz,
	};
	work_between(disturbance, before, after, pus);
	heat_between(disturbance, &before->throttle, &after->throttle);
	quota_between(disturbance, &before->cgroup, &after->cgroup);
	pressure_between(disturbance, &before->pressure, &after->pressure);
}

/* Of the CPU time of as many PUs as are used; what is left over is left to others. */
static double share_of_pus(
	const struct par_disturbance *it, int64_t others_ns, unsigned pus, unsigned wanted)
{
	unsigned used = wanted < pus ? wanted : pus;
	double elapsed = (double)it->elapsed_ns;
	double others = (double)others_ns - elapsed * (double)(pus - used);

	if (others_ns < 0 || elapsed <= 0 || used == 0 ||
		others < (double)(it->ticks * TICK_NS * used))
		return 0;
	return others / (elapsed * used);
}

double par_disturbance_others(
	const struct par_disturbance *disturbance, const struct par_disturbed_visit *visit)
{
	return share_of_pus(disturbance, disturbance->others_ns, visit->pus, visit->workers);
}

/* True when a share is beyond its limit; then the reason reads "WHAT 31 % OF (limit 5 %)". */
static bool beyond(
	struct par_error *reason, const char *what, double share, const char *of, double limit)
{
	if (!(share > limit))
		return false;
	par_fail(reason, 0, "%s %.0f %% %s (limit %.0f %%)", what, 100 * share, of, 100 * limit);
	return true;
}

static double share_of(double part, double whole)
{
	return part > 0 && whole > 0 ? part / whole : 0;
}

static double at_most_all(double share)
{
	return share < 1 ? share : 1;
}

/*
 * The time is added when heat lets go, all at once: what began in the visit may have lasted longer,
 * and what did not begin in it lasted no longer.
 */
static bool throttled(struct par_error *reason, const struct par_disturbance *it)
{
	double share = at_most_all(share_of((double)it->throttle_ms * 1e6, (double)it->elapsed_ns));

	if (beyond(reason,
		    it->throttle_events > 0 ? "heat lowered the clock for at least"
					    : "heat lowered the clock for up to",
		    share, "of the visit", PAR_THROTTLE_LIMIT))
		return true;
	if (it->throttle_events <= 0 || (it->throttle_ms >= 0 && !it->throttle_open))
		return false;
	par_fail(reason, 0,
		"heat lowered the clock at least %" PRId64
		" time%s during the visit, nobody knows for how long (limit 0)",
		it->throttle_events, it->throttle_events == 1 ? "" : "s");
	return true;
}

static bool held_back(struct par_error *reason, const struct par_disturbance *it,
	const struct par_disturbed_visit *visit)
{
	unsigned used = visit->workers < visit->pus ? visit->workers : visit->pus;

	return it->quota_ns > 0 && it->quota_cpus >= used && it->own_ns >= 0 &&
	       (double)it->own_ns < PAR_QUOTA_OWN * it->quota_cpus * (double)it->elapsed_ns &&
	       beyond(reason, "others used up the container's CPU quota for",
		       at_most_all(share_of((double)it->quota_ns, (double)it->elapsed_ns)),
		       "of the visit", PAR_QUOTA_LIMIT);
}

static bool swapped(struct par_error *reason, const struct par_disturbance *it)
{
	int64_t page = sysconf(_SC_PAGESIZE);

	if (page <= 0 || it->swapped_pages <= PAR_SWAPPED_LIMIT_BYTES / page)
		return false;
	par_fail(reason, 0, "the machine swapped %.3g MiB (limit 1 MiB)",
		(double)it->swapped_pages * (double)page / PAR_SWAPPED_LIMIT_BYTES);
	return true;
}

/* On its own PUs, next to them on the same cores, and wherever its servers may be. */
static bool crowded(struct par_error *reason, const struct par_disturbance *it,
	const struct par_disturbed_visit *visit)
{
	double limit = visit->waits ? PAR_OTHERS_IO_LIMIT : PAR_OTHERS_LIMIT;
	double siblings = share_of_pus(it, it->siblings_ns, it->siblings, it->siblings);
	double everywhere =
		share_of_pus(it, it->everywhere_ns, it->everywhere, visit->workers + it->servers);

	return beyond(reason, "other work took", par_disturbance_others(it, visit), "of its CPUs",
		       limit) ||
	       beyond(reason, "other work took", siblings, "of its cores' other hardware threads",
		       limit) ||
	       beyond(reason, "other work took", everywhere, "of the CPUs of it and its servers",
		       limit);
}

/* A quota makes workers wait in the run queue too. */
static bool delayed(struct par_error *reason, const struct par_disturbance *it,
	const struct par_disturbed_visit *visit)
{
	double limit = visit->waits ? PAR_OTHERS_IO_LIMIT : PAR_DELAY_LIMIT;

	if (it->quota_ns > 0 || (it->quota_ns < 0 && it->quota_cpus > 0))
		return false;
	return beyond(reason, "other work kept a worker off its CPU for",
		share_of((double)visit->delayed_ns, (double)visit->run_ns), "of the samples",
		limit);
}

bool par_disturbance_verdict(struct par_error *reason, const struct par_disturbance *disturbance,
	const struct par_disturbed_visit *visit)
{
	if (disturbance->suspended_ns > PAR_SUSPENDED_LIMIT_NS) {
		par_fail(reason, 0, "the machine slept for %.3g s during the visit (limit 0.001 s)",
			(double)disturbance->suspended_ns / 1e9);
		return true;
	}
	return throttled(reason, disturbance) || held_back(reason, disturbance, visit) ||
	       swapped(reason, disturbance) || crowded(reason, disturbance, visit) ||
	       delayed(reason, disturbance, visit);
}
