#include "visit_meter.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "footprint.h"
#include "pin.h"
#include "wait.h"

#define REAL "" /* the root of /proc and /sys */

/* True while nothing says why it is absent. */
static bool there(const struct par_error *reason)
{
	return reason->text[0] == '\0';
}

static void list_pus(struct par_visit_meter *meter)
{
	struct par_affinity affinity = PAR_AFFINITY_INIT;

	if (par_affinity_init_self(&affinity) < 0)
		return; /* without a list nothing is said of the PUs */
	meter->pus = calloc(par_affinity_count(&affinity) + 1, sizeof *meter->pus);
	for (size_t pu = 0; meter->pus != NULL && pu < 8 * affinity.size; pu++)
		if (CPU_ISSET_S(pu, affinity.size, affinity.set))
			meter->pus[meter->pu_count++] = (int)pu;
	par_affinity_fini(&affinity);
}

static void find_energy(struct par_visit_meter *meter)
{
	int status = par_energy_init(&meter->energy, REAL);

	if (status == -EACCES)
		par_fail(&meter->no_energy, 0, "only root may read energy_uj (EACCES)");
	else if (status < 0)
		par_fail(&meter->no_energy, 0, "this machine shows no packages in powercap");
}

void par_visit_meter_before(struct par_visit_meter *meter, const struct par_model *model)
{
	int status = par_family_read(&meter->before);

	meter->per_task = (model->traits & PAR_TRAIT_PER_TASK) != 0;
	find_energy(meter);
	list_pus(meter);
	if (status == 0)
		status = par_footprint_pss(&meter->pss_before, &meter->before);
	if (status < 0)
		par_fail(&meter->no_worker_pss, 0, "smaps_rollup: %s", par_error_text(status));
	par_surroundings_read(&meter->around[0], REAL, meter->pus, meter->pu_count, &meter->before);
}

static void open_schedstat(struct par_visit_meter *meter)
{
	int status = par_schedstat_open(&meter->stat, &meter->team);

	meter->times = calloc(meter->team.count, sizeof *meter->times);
	if (status == 0 && meter->times == NULL)
		status = -ENOMEM;
	if (status < 0 && there(&meter->no_scheduling))
		par_fail(&meter->no_scheduling, 0,
			"/proc/PID/task/TID/schedstat: %s (CONFIG_SCHED_INFO)",
			par_error_text(status));
}

/*
 * Descriptors for the instruments, on top of what the tasks may have open: where the limit cannot
 * grow it must leave enough for them. A task has at most a few at once; 256: everything else.
 */
static bool reserve_files(size_t count, unsigned in_flight)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return false;
	if (limit.rlim_cur == RLIM_INFINITY ||
		limit.rlim_cur >= 256 + 4 * (rlim_t)in_flight + count)
		return true;
	limit.rlim_cur += count;
	return limit.rlim_cur <= limit.rlim_max && setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/* The newcomers are the workers; without any, the caller works itself. */
static int meet(struct par_visit_meter *meter)
{
	int status = par_family_read(&meter->all);

	if (status == 0)
		status = par_family_add(&meter->team, getpid(), getpid());
	if (status == 0)
		status = par_family_newcomers(&meter->team, &meter->all, &meter->before);
	return status;
}

/* NULL, or why the workers' times cannot be told. */
static const char *no_times(const struct par_visit_meter *meter)
{
	size_t newcomers = meter->team.count - 1;

	if (meter->per_task)
		return "workers live only for a task: to look at each would slow it down";
	if (meter->team.count > PAR_METER_MEMBERS_MAX)
		return "more than 64 threads: it would take too long";
	if (newcomers != meter->workers && !(newcomers == 0 && meter->workers == 1))
		return "workers cannot be told from other threads";
	return NULL;
}

static void refuse(struct par_error *reason, const char *why)
{
	if (why != NULL)
		par_fail(reason, 0, "%s", why);
}

void par_visit_meter_meet(struct par_visit_meter *meter, unsigned workers, unsigned in_flight)
{
	int status = meet(meter);
	bool counted = meter->team.count <= PAR_METER_COUNTED_MAX;
	size_t files = meter->team.count * (counted ? PAR_COUNTERS + 1 : 1);

	meter->workers = workers;
	if (meter->per_task)
		refuse(&meter->no_worker_pss, "workers live only for a task");
	refuse(&meter->no_counters,
		counted ? NULL : "more than 16 workers: it would take too long");
	refuse(&meter->no_scheduling, status < 0 ? par_error_text(status) : no_times(meter));
	refuse(&meter->no_counters, status < 0 ? par_error_text(status) : NULL);
	if (there(&meter->no_scheduling) || there(&meter->no_counters)) {
		const char *full = "no room for more open files (ulimit -Hn)";

		if (!reserve_files(files, in_flight)) {
			refuse(&meter->no_scheduling, full);
			refuse(&meter->no_counters, full);
		}
	}
	if (there(&meter->no_scheduling))
		open_schedstat(meter);
}

void par_visit_meter_stay_outside(struct par_visit_meter *meter)
{
	const char *why = "the workers are in a program of its own";

	refuse(&meter->no_scheduling, why);
	refuse(&meter->no_counters, why);
	refuse(&meter->no_pss, why);
	refuse(&meter->no_worker_pss, why);
}

void par_visit_meter_count_nothing(struct par_visit_meter *meter)
{
	refuse(&meter->no_counters,
		"the job cannot be cut short, and is too long to be run for this alone");
}

void par_visit_meter_count(struct par_visit_meter *meter)
{
	if (there(&meter->no_counters) && par_counters_open(&meter->counters, &meter->team) < 0)
		par_fail(&meter->no_counters, 0, "no memory");
	par_counters_enable(&meter->counters);
}

void par_visit_meter_counted(struct par_visit_meter *meter, uint64_t tasks)
{
	par_counters_disable(&meter->counters);
	meter->counted_tasks = tasks;
	par_counters_read(&meter->counters, meter->values);
	par_counters_close(&meter->counters);
}

/* Idle workers spin for a moment; then the kernel has booked all that they ran. */
static void let_sleep(void)
{
	struct timespec moment = { .tv_nsec = PAR_SPIN_NS + PAR_SPIN_NS / 2 };

	(void)nanosleep(&moment, NULL);
}

static void start_energy(struct par_visit_meter *meter)
{
	if (there(&meter->no_energy) && par_energy_start(&meter->energy, REAL) < 0)
		par_fail(&meter->no_energy, 0, "energy_uj could not be read");
}

static void stop_energy(struct par_visit_meter *meter)
{
	if (there(&meter->no_energy) && par_energy_stop(&meter->energy, REAL) < 0)
		par_fail(&meter->no_energy, 0, "energy_uj could not be read");
}

void par_visit_meter_start(struct par_visit_meter *meter)
{
	let_sleep();
	meter->own_ns = par_family_cpu_ns(&meter->all);
	if (there(&meter->no_scheduling) && par_schedstat_read(&meter->stat, meter->times) < 0)
		par_fail(&meter->no_scheduling, 0, "schedstat could not be read");
	start_energy(meter);
}

static uint64_t caller_ns(void)
{
	struct timespec time;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) < 0)
		return 0;
	return (uint64_t)time.tv_sec * PAR_NS_PER_S + (uint64_t)time.tv_nsec;
}

void par_visit_meter_pause(struct par_visit_meter *meter)
{
	stop_energy(meter);
	meter->pause_start_ns = caller_ns();
}

void par_visit_meter_resume(struct par_visit_meter *meter)
{
	meter->pause_ns += caller_ns() - meter->pause_start_ns;
	start_energy(meter);
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static void stop_scheduling(struct par_visit_meter *meter)
{
	struct par_schedstat_times now[PAR_METER_MEMBERS_MAX];

	if (!there(&meter->no_scheduling))
		return;
	if (par_schedstat_read(&meter->stat, now) < 0) {
		par_fail(&meter->no_scheduling, 0, "schedstat could not be read");
		return;
	}
	for (size_t i = 0; i < meter->stat.count; i++) {
		struct par_schedstat_times *times = &meter->times[i];

		times->running_ns = less(now[i].running_ns, times->running_ns);
		times->runnable_ns = less(now[i].runnable_ns, times->runnable_ns);
	}
	meter->times[0].running_ns = less(meter->times[0].running_ns, meter->pause_ns);
}

/* The memory of all, asked of few: each asks the kernel to walk its page tables. */
static void take_pss(struct par_visit_meter *meter)
{
	size_t processes = 0;
	int status = 0;

	if (!there(&meter->no_pss))
		return;
	for (size_t i = 0; i < meter->all.count; i++)
		processes += meter->all.members[i].pid == meter->all.members[i].tid;
	if (processes > PAR_METER_PROCESSES_MAX) {
		par_fail(&meter->no_pss, 0, "more than %d processes: it would take too long",
			PAR_METER_PROCESSES_MAX);
		meter->no_worker_pss = meter->no_pss;
		return;
	}
	status = par_footprint_pss(&meter->pss, &meter->all);
	if (status < 0)
		par_fail(&meter->no_pss, 0, "smaps_rollup: %s", par_error_text(status));
}

void par_visit_meter_stop(struct par_visit_meter *meter)
{
	stop_energy(meter);
	let_sleep();
	meter->own_ns = less(par_family_cpu_ns(&meter->all), meter->own_ns + meter->pause_ns);
	stop_scheduling(meter);
	take_pss(meter);
	par_schedstat_close(&meter->stat);
}

static const char *why_no_others(const struct par_visit_meter *meter)
{
	if (!meter->before.children_known)
		return "/proc does not show the children of this process";
	return "/proc/stat does not tell of all the visit's CPUs";
}

void par_visit_meter_after(struct par_visit_meter *meter)
{
	int status = par_footprint_peak(&meter->peak);

	if (status < 0)
		par_fail(&meter->no_peak, 0, "VmHWM: %s", par_error_text(status));
	par_surroundings_read(&meter->around[1], REAL, meter->pus, meter->pu_count, &meter->before);
	par_disturbance_between(
		&meter->disturbance, &meter->around[0], &meter->around[1], meter->pu_count);
	if (meter->disturbance.others_ns < 0)
		refuse(&meter->no_others, why_no_others(meter));
}

struct par_schedstat_times par_visit_meter_times(
	const struct par_visit_meter *meter, unsigned worker)
{
	return meter->times[meter->team.count - meter->workers + worker];
}

int64_t par_visit_meter_delay(const struct par_visit_meter *meter)
{
	uint64_t working = 0, longest = 0;

	if (!there(&meter->no_scheduling) || !meter->all.children_known)
		return -1;
	for (unsigned i = 0; i < meter->workers; i++) {
		struct par_schedstat_times times = par_visit_meter_times(meter, i);

		working += times.running_ns;
		if (times.runnable_ns > longest)
			longest = times.runnable_ns;
	}
	/* While a lone worker waits for its PU, somebody runs there: others, or this visit's other
	 * threads (the caller, servers), which together ran no longer than this. */
	return (int64_t)less(longest, less(meter->own_ns, working));
}

void par_visit_meter_fini(struct par_visit_meter *meter)
{
	par_counters_close(&meter->counters);
	par_schedstat_close(&meter->stat);
	par_family_fini(&meter->before);
	par_family_fini(&meter->all);
	par_family_fini(&meter->team);
	free(meter->times);
	free(meter->pus);
}
