/*
 * What a worker weighs, and what the calls for its life cost. Outside the timed region: measures
 * of a visit, each the median of a few.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "birth.h"
#include "crew.h"
#include "file.h"
#include "footprint.h"

#define STANDING   8    /* workers that are weighed together */
#define COROUTINES 1000 /* the same; each touches a page */
#define STEPS      5
#define LOOKS      31
#define LATE       5
#define ENDS       5
#define TIMEOUT_NS PAR_NS_PER_MS
#define BIG_BYTES  ((size_t)256 << 20) /* each fork of so much costs ms: fewer of them then */

static unsigned times(const struct birth *birth, unsigned usual)
{
	return birth->resident_bytes >= BIG_BYTES ? (usual + 2) / 3 : usual;
}

static int ascending(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* Sorts. NaN when one of them is. */
static double median(double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (isnan(values[i]))
			return NAN;
	qsort(values, count, sizeof *values, ascending);
	return values[count / 2];
}

/* Page tables of one process, which no set size counts. 0 or -errno. */
static int tables_of(pid_t pid, uint64_t *bytes)
{
	char path[64], *text = NULL;
	size_t size;
	int code;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	code = par_file_read(&text, &size, path, 65536);
	if (code == 0)
		code = par_footprint_parse(bytes, text, "VmPTE:");
	free(text);
	return code;
}

/* All processes of the visit: the sizes of their own pages, and of their page tables. Both NaN
 * where they cannot be read (no smaps_rollup, as before Linux 4.14; a filter): not told. */
static void weigh(double *pss, double *tables)
{
	struct par_family family = PAR_FAMILY_INIT;
	uint64_t bytes = 0, sum = 0;
	int code = par_family_read(&family);

	if (code == 0)
		code = par_footprint_pss(&bytes, &family);
	for (size_t i = 0; code == 0 && i < family.count; i++) {
		uint64_t own = 0;

		if (family.members[i].pid != family.members[i].tid)
			continue;
		code = tables_of(family.members[i].pid, &own);
		sum += own;
	}
	par_family_fini(&family);
	*pss = code == 0 ? (double)bytes : NAN;
	*tables = code == 0 ? (double)sum : NAN;
}

/* fmax() alone would make 0 of what is not known. */
static double grown(double before, double now)
{
	return isnan(now - before) ? NAN : fmax(now - before, 0);
}

/* What `count` workers have added since the first weighing. */
static void weigh_again(double *values, double pss, double tables, double count)
{
	double pss_now, tables_now;

	weigh(&pss_now, &tables_now);
	values[BIRTH_BYTES] = grown(pss, pss_now) / count;
	values[BIRTH_TABLES] = grown(tables, tables_now) / count;
}

static void forget_standing(struct birth *birth)
{
	/* Relaxed: nobody stands. */
	atomic_store_explicit(&birth->board->standing.value, 0, memory_order_relaxed);
}

int birth_weigh_standing(struct birth *birth, double *values)
{
	struct birth_standing standing[STANDING] = { 0 };
	double pss, tables;
	unsigned count = 0;
	int code = 0;

	weigh(&pss, &tables);
	forget_standing(birth);
	while (code == 0 && count < STANDING)
		code = birth->way->stand(birth, &standing[count++]);
	if (code == 0)
		code = birth_await_standing(birth, STANDING);
	if (code == 0)
		weigh_again(values, pss, tables, STANDING);
	while (count > 0)
		birth_standing_fini(&standing[--count]);
	return code;
}

static void rest(void *context, uint64_t index)
{
	struct birth *birth = context;

	(void)index;
	par_coroutine_suspend(&birth->coroutines);
}

int birth_weigh_coroutines(struct birth *birth, double *values)
{
	struct par_coroutine *resting[COROUTINES];
	double pss, tables;
	unsigned count = 0;
	int code = 0;

	weigh(&pss, &tables);
	while (code == 0 && count < COROUTINES) {
		int started;

		code = par_coroutine_make(&resting[count], &birth->coroutines);
		if (code < 0)
			break;
		/* The pool starts the one that was given back last. */
		resting[count]->next = birth->coroutines.free;
		birth->coroutines.free = resting[count];
		started = par_coroutine_start(&birth->coroutines, rest, birth, count);
		code = started < 0 ? started : 0;
		count += code == 0;
	}
	if (code == 0)
		weigh_again(values, pss, tables, COROUTINES);
	while (count > 0)
		(void)par_coroutine_resume(resting[--count]);
	return code;
}

static int enter_nothing(void *context, unsigned worker)
{
	(void)context, (void)worker;
	return 0;
}

static void do_nothing(void *context, unsigned worker, struct par_claims *claims)
{
	(void)context, (void)worker, (void)claims;
}

int birth_weigh_pool(struct birth *birth, double *values)
{
	struct par_crew_spec spec = { .workers = BIRTH_POOL,
		.processes = strcmp(birth->way->variant, "pool_processes") == 0,
		.enter = enter_nothing,
		.body = do_nothing };
	struct par_crew *crew;
	double pss, tables;
	int code;

	weigh(&pss, &tables);
	code = par_crew_open(&crew, &spec);
	if (code < 0)
		return code;
	weigh_again(values, pss, tables, BIRTH_POOL);
	par_crew_close(crew);
	return 0;
}

int birth_probe_weight(struct birth *birth)
{
	double pss, tables;

	for (size_t i = 0; i < BIRTH_MEASURES; i++)
		birth->values[i] = NAN;
	if (birth->way->weigh == NULL)
		return 0;
	weigh(&pss, &tables); /* once for nothing: the reading itself needs some memory */
	return birth->way->weigh(birth, birth->values);
}

static int probe_steps(struct birth *birth)
{
	double values[BIRTH_REAP + 1][STEPS];
	unsigned count = times(birth, STEPS);
	int code = 0;

	for (unsigned i = 0; code == 0 && i < count; i++) {
		double one[BIRTH_MEASURES];

		for (size_t j = 0; j < BIRTH_MEASURES; j++)
			one[j] = NAN;
		code = birth->way->steps(birth, one);
		for (size_t j = 0; j <= BIRTH_REAP; j++)
			values[j][i] = one[j];
	}
	for (size_t j = 0; code == 0 && j <= BIRTH_REAP; j++)
		birth->values[j] = median(values[j], count);
	return code;
}

static int stand_one(struct birth *birth, struct birth_standing *standing)
{
	int code;

	*standing = (struct birth_standing){ .line = 0 };
	forget_standing(birth);
	code = birth->way->stand(birth, standing);
	return code < 0 ? code : birth_await_standing(birth, 1);
}

/* How long it takes to see that a worker is alive, and how much too late a join gives up. */
static int probe_looks(struct birth *birth)
{
	struct birth_standing standing;
	double looks[LOOKS], late[LATE];
	int code = stand_one(birth, &standing);

	for (unsigned i = 0; code == 0 && i < LOOKS; i++) {
		uint64_t start = par_now_ns();

		code = par_life_alive(&standing.life) ? 0 : PAR_WORKER_DIED;
		looks[i] = (double)(par_now_ns() - start);
	}
	for (unsigned i = 0; code == 0 && i < LATE; i++) {
		uint64_t start = par_now_ns();

		code = par_life_join(&standing.life, TIMEOUT_NS, NULL);
		late[i] = fmax((double)(par_now_ns() - start) - (double)TIMEOUT_NS, 0);
		code = code == -ETIMEDOUT ? 0 : PAR_WORKER_DIED;
	}
	birth_standing_fini(&standing);
	if (code < 0)
		return code;
	birth->values[BIRTH_ALIVE] = median(looks, LOOKS);
	birth->values[BIRTH_JOIN_TIMEOUT] = median(late, LATE);
	return 0;
}

/* From the word that ends a worker until it is joined. NaN where that way does not exist. */
static int probe_end(struct birth *birth, int (*end)(struct par_life *), enum birth_measure at)
{
	unsigned count = times(birth, ENDS);
	double taken[ENDS];
	int code = 0;

	for (unsigned i = 0; code == 0 && i < count; i++) {
		struct birth_standing standing;
		uint64_t start;

		code = stand_one(birth, &standing);
		start = par_now_ns();
		if (code == 0)
			code = end(&standing.life);
		if (code == 0)
			code = par_life_join(&standing.life, BIRTH_PATIENCE_NS, NULL);
		taken[i] = (double)(par_now_ns() - start);
		birth_standing_fini(&standing);
	}
	if (code == 0)
		birth->values[at] = median(taken, count);
	return code == -ENOTSUP ? 0 : code;
}

int birth_probe_calls(struct birth *birth)
{
	int code = birth->way->steps != NULL ? probe_steps(birth) : 0;

	if (code < 0 || birth->way->stand == NULL)
		return code;
	code = probe_looks(birth);
	if (code == 0)
		code = probe_end(birth, par_life_terminate, BIRTH_TERMINATE);
	return code < 0 ? code : probe_end(birth, par_life_kill, BIRTH_KILL);
}
