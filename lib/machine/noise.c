#include "noise.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "handoff.h"
#include "procfs.h"

/* Six cycles an iteration on current cores (multiply 3, add, shift, xor): 0.3 ms at 4 GHz. */
#define LOOP_ITERATIONS 200000u
#define LOOP_TRIES      3

/* Each step needs the one before: the time is clock cycles, not cache or memory. */
static uint64_t time_loop(void)
{
	uint64_t start = par_now_ns();
	uint64_t x = start;

	/* The empty statements tie the arithmetic to its place between the two readings. */
	__asm__ volatile("" : "+r"(x));
	for (unsigned i = 0; i < LOOP_ITERATIONS; i++) {
		x = x * UINT64_C(6364136223846793005) + 1;
		x ^= x >> 33;
	}
	__asm__ volatile("" : "+r"(x));
	return par_now_ns() - start;
}

static uint64_t best_loop(void)
{
	uint64_t best = UINT64_MAX;

	for (unsigned i = 0; i < LOOP_TRIES; i++) {
		uint64_t ns = time_loop();

		if (ns < best)
			best = ns;
	}
	return best;
}

/* The first line of /proc/stat: user nice system idle iowait irq softirq steal; see proc(5). */
static void read_ticks(struct par_noise *noise)
{
	char line[256];
	uint64_t user, nice, kernel, irq, softirq, steal;

	par_procfs_line(line, sizeof(line), "", "/proc/stat");
	if (sscanf(line,
		    "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %*u %*u %" SCNu64 " %" SCNu64
		    " %" SCNu64,
		    &user, &nice, &kernel, &irq, &softirq, &steal) != 6)
		return;
	noise->busy_ticks = user + nice + kernel + irq + softirq;
	noise->steal_ticks = steal;
}

static void add_switches(struct par_noise *noise, int who)
{
	struct rusage usage;

	if (getrusage(who, &usage) < 0)
		return;
	noise->context_switches += (uint64_t)usage.ru_nvcsw;
	noise->preemptions += (uint64_t)usage.ru_nivcsw;
}

int par_noise_probe(struct par_noise *noise, int first_pu, int second_pu)
{
	*noise = (struct par_noise){ .wall_ns = par_now_ns() };
	read_ticks(noise);
	add_switches(noise, RUSAGE_SELF);
	add_switches(noise, RUSAGE_CHILDREN);
	noise->loop_ns = best_loop();
	if (first_pu < 0 || second_pu < 0 || first_pu == second_pu)
		return 0;
	return par_handoff_measure(&noise->handoff_ns, first_pu, second_pu);
}

/* How much larger `big` is than `small`, as a factor; 0 where one of them was not measured. */
static double factor(uint64_t big, uint64_t small)
{
	return big && small ? (double)big / (double)small : 0;
}

/* Counters of the kernel may step back when a CPU goes; then nothing is said. */
static uint64_t grown(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

static bool stolen(
	struct par_error *reason, const struct par_noise *before, const struct par_noise *after)
{
	uint64_t steal = grown(before->steal_ticks, after->steal_ticks);
	uint64_t busy = grown(before->busy_ticks, after->busy_ticks);
	double share = steal > 0 ? (double)steal / (double)(steal + busy) : 0;

	if (steal < PAR_NOISE_STEAL_TICKS || !(share > PAR_NOISE_STEAL_LIMIT))
		return false;
	par_fail(reason, 0, "the hypervisor gave %.0f %% of the CPU time to others (limit %.0f %%)",
		100 * share, 100 * PAR_NOISE_STEAL_LIMIT);
	return true;
}

/* True when a factor is beyond its limit; then the reason reads "WHAT 1.31 HOW (limit 1.15)". */
static bool changed(
	struct par_error *reason, const char *what, double times, const char *how, double limit)
{
	if (!(times > limit))
		return false;
	par_fail(reason, 0, "%s %.2f %s (limit %.2f)", what, times, how, limit);
	return true;
}

bool par_noise_verdict(
	struct par_error *reason, const struct par_noise *before, const struct par_noise *after)
{
	return stolen(reason, before, after) ||
	       changed(reason, "the fixed loop ran", factor(after->loop_ns, before->loop_ns),
		       "times slower after the visit", PAR_NOISE_LOOP_LIMIT) ||
	       changed(reason, "the fixed loop ran", factor(before->loop_ns, after->loop_ns),
		       "times faster after the visit", PAR_NOISE_LOOP_LIMIT) ||
	       changed(reason, "the workers' CPUs moved apart",
		       factor(after->handoff_ns, before->handoff_ns),
		       "times as far during the visit", PAR_NOISE_HANDOFF_LIMIT) ||
	       changed(reason, "the workers' CPUs moved together",
		       factor(before->handoff_ns, after->handoff_ns),
		       "times as near during the visit", PAR_NOISE_HANDOFF_LIMIT);
}
