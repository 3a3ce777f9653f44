#include "placement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A PU on its way to its turn. */
struct seat {
	unsigned pu;   /* index into machine->pus */
	unsigned rank; /* among the allowed PUs of its core: 0 before any SMT sibling */
	unsigned kind;
	unsigned turn; /* `spread`: how many of the same rank and kind its unit gives away before it
			*/
};

static const char *const names[] = {
	[PAR_PLACE_CLOSE] = "close",
	[PAR_PLACE_SPREAD] = "spread",
	[PAR_PLACE_NONE] = "none",
};

const char *par_placement_name(enum par_placement placement)
{
	return names[placement];
}

int par_placement_parse(enum par_placement *out, const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (enum par_placement)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Cores before siblings, fast before slow, turns in order; at last hwloc's order, which is `close`.
 */
static int by_turn(const void *left, const void *right)
{
	const struct seat *a = left;
	const struct seat *b = right;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind > b->kind ? -1 : 1;
	if (a->turn != b->turn)
		return a->turn < b->turn ? -1 : 1;
	return a->pu < b->pu ? -1 : a->pu > b->pu;
}

/*
 * The rank counts allowed PUs only: where the cpuset leaves a core its second hardware thread
 * alone, that one stands for the core. A core's PUs are neighbours in hwloc's order.
 */
static void fill_seats(struct seat *seats, const struct par_machine *machine)
{
	unsigned count = 0;

	for (unsigned i = 0; i < machine->pu_count; i++) {
		const struct par_pu *pu = &machine->pus[i];
		struct seat *seat = &seats[count];

		if (!pu->allowed)
			continue;
		*seat = (struct seat){ .pu = i, .kind = pu->kind };
		if (count > 0 && machine->pus[seats[count - 1].pu].core == pu->core)
			seat->rank = seats[count - 1].rank + 1;
		count++;
	}
}

static unsigned l3_of(const struct par_pu *pu)
{
	return pu->l3;
}

static unsigned numa_of(const struct par_pu *pu)
{
	return pu->numa;
}

static unsigned package_of(const struct par_pu *pu)
{
	return pu->package;
}

/*
 * Lets the units of one level (all L3s, say) give away their seats in turn: each seat's turn is the
 * number of seats of its unit before it, and those with the same turn are taken from unit to unit.
 * Called from the inner level to the outer, it deals over the outermost first: inside every unit
 * the order of the call before stays. Quadratic in the PUs: a millisecond for a thousand.
 */
static void deal(struct seat *seats, const struct par_machine *machine,
	unsigned (*unit_of)(const struct par_pu *pu))
{
	for (unsigned i = 0; i < machine->allowed_pus; i++) {
		unsigned unit = unit_of(&machine->pus[seats[i].pu]);

		seats[i].turn = 0;
		for (unsigned j = 0; j < i; j++)
			seats[i].turn += seats[j].rank == seats[i].rank &&
					 seats[j].kind == seats[i].kind &&
					 unit_of(&machine->pus[seats[j].pu]) == unit;
	}
	qsort(seats, machine->allowed_pus, sizeof(*seats), by_turn);
}

int par_placement_order(
	unsigned *order, const struct par_machine *machine, enum par_placement placement)
{
	struct seat *seats = calloc(machine->allowed_pus + 1, sizeof(*seats));

	if (!seats)
		return -ENOMEM;
	fill_seats(seats, machine);
	qsort(seats, machine->allowed_pus, sizeof(*seats), by_turn);
	if (placement == PAR_PLACE_SPREAD) {
		deal(seats, machine, l3_of);
		deal(seats, machine, numa_of);
		deal(seats, machine, package_of);
	}
	for (unsigned i = 0; i < machine->allowed_pus; i++)
		order[i] = seats[i].pu;
	free(seats);
	return 0;
}

int par_placement_assign(int *os_indices, unsigned workers, unsigned cores,
	const struct par_machine *machine, enum par_placement placement)
{
	unsigned *order;
	int code;

	if (cores < 1 || cores > machine->allowed_pus)
		return -EINVAL;
	order = calloc(machine->allowed_pus, sizeof(*order));
	if (!order)
		return -ENOMEM;
	code = par_placement_order(order, machine, placement);
	for (unsigned i = 0; code == 0 && i < workers; i++)
		os_indices[i] =
			placement == PAR_PLACE_NONE ? -1 : machine->pus[order[i % cores]].os_index;
	free(order);
	return code;
}

/* Whether the first `cores` of two orders are different sets; `seen` has a zero for each PU. */
static bool sets_differ(bool *seen, const unsigned *left, const unsigned *right, unsigned cores)
{
	for (unsigned i = 0; i < cores; i++)
		seen[left[i]] = true;
	for (unsigned i = 0; i < cores; i++)
		if (!seen[right[i]])
			return true;
	return false;
}

bool par_placement_differs(const struct par_machine *machine, unsigned cores)
{
	unsigned allowed = machine->allowed_pus;
	unsigned *orders = calloc(2 * (size_t)allowed + 1, sizeof(*orders));
	bool *seen = calloc(machine->pu_count + 1, sizeof(*seen));
	bool differ = false;

	if (orders && seen && cores <= allowed &&
		par_placement_order(orders, machine, PAR_PLACE_CLOSE) == 0 &&
		par_placement_order(orders + allowed, machine, PAR_PLACE_SPREAD) == 0)
		differ = sets_differ(seen, orders, orders + allowed, cores);
	free(seen);
	free(orders);
	return differ;
}
