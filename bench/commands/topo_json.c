#include "topo.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "distance_json.h"
#include "placement.h"

static json_t *pu_json(const struct par_pu *pu)
{
	return json_pack("{si si si si si si si sb}", "os_index", pu->os_index, "core",
		(int)pu->core, "smt_rank", (int)pu->smt_rank, "l3", (int)pu->l3, "numa",
		(int)pu->numa, "package", (int)pu->package, "kind", (int)pu->kind, "allowed",
		(int)pu->allowed);
}

/* A value, or null where 0 says that there is none. */
static json_t *bytes_json(uint64_t bytes)
{
	return bytes ? json_integer((json_int_t)bytes) : json_null();
}

static json_t *pus_json(const struct par_machine *machine)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < machine->pu_count; i++)
		if (json_array_append_new(array, pu_json(&machine->pus[i])) < 0)
			goto failed;
	return array;
failed:
	json_decref(array);
	return NULL;
}

/* OS indices in the order of a placement. */
static json_t *order_json(const struct par_machine *machine, enum par_placement placement)
{
	unsigned *order = calloc(machine->allowed_pus, sizeof(*order));
	json_t *array = json_array();
	int code = order ? par_placement_order(order, machine, placement) : -ENOMEM;

	for (unsigned i = 0; code == 0 && i < machine->allowed_pus; i++)
		code = json_array_append_new(array, json_integer(machine->pus[order[i]].os_index));
	free(order);
	if (code == 0)
		return array;
	json_decref(array);
	return NULL;
}

static json_t *boundaries_json(unsigned bits)
{
	static const char *const names[] = { "l3", "numa", "package", "kind", "cores", "pus",
		"quota" };
	json_t *array = json_array();

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (bits & 1u << i && json_array_append_new(array, json_string(names[i])) < 0)
			goto failed;
	return array;
failed:
	json_decref(array);
	return NULL;
}

static json_t *counts_json(const struct par_machine *machine)
{
	unsigned counts[PAR_CORE_COUNTS_MAX];
	size_t n = par_placement_core_counts(counts, machine);
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		unsigned bits = par_placement_boundaries(machine, counts[i]);
		json_t *count = json_pack(
			"{si so}", "cores", (int)counts[i], "boundaries", boundaries_json(bits));

		if (json_array_append_new(array, count) < 0)
			goto failed;
	}
	return array;
failed:
	json_decref(array);
	return NULL;
}

/* The numbers of the whole machine. json_pack() takes over the values of "o" also when it fails. */
static json_t *machine_json(const struct par_machine *machine)
{
	json_t *quota = machine->quota_cpus > 0 ? json_real(machine->quota_cpus) : json_null();

	return json_pack("{sb ss ss si si si si si si si si so so so so so so}", "real",
		(int)machine->real, "cpu_model", machine->cpu_model, "hwloc", par_machine_library(),
		"packages", (int)machine->packages, "numa_nodes", (int)machine->numa_nodes,
		"l3_caches", (int)machine->l3_caches, "cores", (int)machine->cores, "kinds",
		(int)machine->kinds, "pu_count", (int)machine->pu_count, "allowed_pus",
		(int)machine->allowed_pus, "allowed_cores", (int)machine->allowed_cores,
		"l1d_bytes", bytes_json(machine->l1d_bytes), "l2_bytes",
		bytes_json(machine->l2_bytes), "llc_bytes", bytes_json(machine->llc_bytes),
		"memory_bytes", bytes_json(machine->memory_bytes), "memory_limit_bytes",
		bytes_json(machine->memory_limit_bytes), "quota_cpus", quota);
}

/* json_object_set_new() refuses NULL, so one failure below makes the whole fail. */
static int add_lists(json_t *root, const struct par_machine *machine)
{
	json_t *order = json_object();

	if (json_object_set_new(root, "order", order) < 0 ||
		json_object_set_new(order, "close", order_json(machine, PAR_PLACE_CLOSE)) < 0 ||
		json_object_set_new(order, "spread", order_json(machine, PAR_PLACE_SPREAD)) < 0 ||
		json_object_set_new(root, "core_counts", counts_json(machine)) < 0 ||
		json_object_set_new(root, "pus", pus_json(machine)) < 0)
		return -ENOMEM;
	return 0;
}

int par_topo_json(struct par_text *text, const struct par_machine *machine,
	const struct par_distance *distance)
{
	json_t *root = machine_json(machine);
	char *dump = NULL;
	int code = root ? add_lists(root, machine) : -ENOMEM;

	if (code == 0 && distance != NULL)
		code = json_object_set_new(root, "distance", par_distance_json(distance, NULL));
	if (code == 0)
		dump = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	if (dump) {
		par_text_add(text, dump);
		par_text_add(text, "\n");
	}
	json_decref(root);
	code = dump ? code : -ENOMEM;
	free(dump);
	return code;
}
