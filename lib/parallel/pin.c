#include "pin.h"

#include <errno.h>

/* More PUs than any machine has: where looking for the kernel's size of a set ends. */
#define MOST_PUS (1 << 20)

int par_affinity_init(struct par_affinity *affinity, const int *pus, unsigned count)
{
	int highest = 0;

	*affinity = (struct par_affinity)PAR_AFFINITY_INIT;
	for (unsigned i = 0; i < count; i++) {
		if (pus[i] < 0 || pus[i] >= MOST_PUS)
			return -EINVAL;
		highest = pus[i] > highest ? pus[i] : highest;
	}
	affinity->set = CPU_ALLOC((size_t)highest + 1);
	if (!affinity->set)
		return -ENOMEM;
	affinity->size = CPU_ALLOC_SIZE((size_t)highest + 1);
	CPU_ZERO_S(affinity->size, affinity->set);
	for (unsigned i = 0; i < count; i++)
		CPU_SET_S((size_t)pus[i], affinity->size, affinity->set);
	return 0;
}

int par_affinity_init_of(struct par_affinity *affinity, pid_t pid)
{
	int code = -EINVAL;

	*affinity = (struct par_affinity)PAR_AFFINITY_INIT;
	/* The kernel refuses (EINVAL) a set smaller than its own: grow until it fits. */
	for (size_t pus = CPU_SETSIZE; code == -EINVAL && pus <= MOST_PUS; pus *= 2) {
		par_affinity_fini(affinity);
		affinity->set = CPU_ALLOC(pus);
		if (!affinity->set)
			return -ENOMEM;
		affinity->size = CPU_ALLOC_SIZE(pus);
		code = sched_getaffinity(pid, affinity->size, affinity->set) ? -errno : 0;
	}
	if (code)
		par_affinity_fini(affinity);
	return code;
}

int par_affinity_init_self(struct par_affinity *affinity)
{
	return par_affinity_init_of(affinity, 0);
}

void par_affinity_remove(struct par_affinity *affinity, int pu)
{
	if (affinity->set && pu >= 0)
		CPU_CLR_S((size_t)pu, affinity->size, affinity->set);
}

unsigned par_affinity_count(const struct par_affinity *affinity)
{
	return affinity->set ? (unsigned)CPU_COUNT_S(affinity->size, affinity->set) : 0;
}

int par_affinity_apply(const struct par_affinity *affinity)
{
	if (!affinity->set)
		return 0;
	return sched_setaffinity(0, affinity->size, affinity->set) ? -errno : 0;
}

void par_affinity_fini(struct par_affinity *affinity)
{
	if (affinity->set)
		CPU_FREE(affinity->set);
	*affinity = (struct par_affinity)PAR_AFFINITY_INIT;
}

int par_affinity_confine(struct par_affinity *before, const int *pus, unsigned count)
{
	struct par_affinity narrow = PAR_AFFINITY_INIT;
	int code;

	*before = (struct par_affinity)PAR_AFFINITY_INIT;
	for (unsigned i = 0; i < count; i++)
		if (pus[i] < 0)
			return 0;
	code = par_affinity_init_self(before);
	if (!code)
		code = par_affinity_init(&narrow, pus, count);
	if (!code)
		code = par_affinity_apply(&narrow);
	if (code)
		par_affinity_fini(before);
	par_affinity_fini(&narrow);
	return code;
}

int par_pin_self(int pu)
{
	struct par_affinity one;
	int code;

	if (pu < 0)
		return 0;
	code = par_affinity_init(&one, &pu, 1);
	if (!code)
		code = par_affinity_apply(&one);
	par_affinity_fini(&one);
	return code;
}

int par_pin_attr(pthread_attr_t *attr, int pu)
{
	struct par_affinity one;
	int code;

	if (pu < 0)
		return 0;
	code = par_affinity_init(&one, &pu, 1);
	if (!code)
		code = -pthread_attr_setaffinity_np(attr, one.size, one.set);
	par_affinity_fini(&one);
	return code;
}
