#include "machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "file.h"
#include "topology.h"

/* How many objects of a type there are; 0 where none, or where hwloc has them on many levels. */
static unsigned count_of(hwloc_topology_t topology, hwloc_obj_type_t type)
{
	int count = hwloc_get_nbobjs_by_type(topology, type);

	return count > 0 ? (unsigned)count : 0;
}

static unsigned at_least_one(unsigned count)
{
	return count ? count : 1;
}

/* The logical index of the object of that type around a PU, or `otherwise`. */
static unsigned around(
	hwloc_topology_t topology, hwloc_obj_t pu, hwloc_obj_type_t type, unsigned otherwise)
{
	hwloc_obj_t object = hwloc_get_ancestor_obj_by_type(topology, type, pu);

	return object ? object->logical_index : otherwise;
}

/* The NUMA node nearest to a PU: the first one hanging from the innermost ancestor with memory. */
static unsigned numa_of(hwloc_obj_t pu)
{
	hwloc_obj_t object = pu;

	while (object && !object->memory_first_child)
		object = object->parent;
	if (object)
		object = object->memory_first_child;
	while (object && object->type != HWLOC_OBJ_NUMANODE)
		object = object->memory_first_child; /* a memory-side cache lies between */
	return object ? object->logical_index : 0;
}

/*
 * The cache that groups cores: L3, or an L2 that several cores share (small Arm machines have no
 * L3). HWLOC_OBJ_MACHINE stands for none.
 */
static hwloc_obj_type_t grouping_cache(hwloc_topology_t topology)
{
	unsigned l2 = count_of(topology, HWLOC_OBJ_L2CACHE);

	if (count_of(topology, HWLOC_OBJ_L3CACHE))
		return HWLOC_OBJ_L3CACHE;
	return l2 && l2 < count_of(topology, HWLOC_OBJ_CORE) ? HWLOC_OBJ_L2CACHE
							     : HWLOC_OBJ_MACHINE;
}

/*
 * cpukinds count only where hwloc could rank them: efficiency -1 means that it could not, and then
 * their order says nothing. Frequencies are not looked at here: within one kind they differ by
 * core.
 */
static unsigned ranked_kinds(hwloc_topology_t topology)
{
	int kinds = hwloc_cpukinds_get_nr(topology, 0);
	int efficiency = -1;

	if (kinds < 2 || hwloc_cpukinds_get_info(topology, 0, NULL, &efficiency, NULL, NULL, 0) < 0)
		return 1;
	return efficiency < 0 ? 1 : (unsigned)kinds;
}

static unsigned kind_of(hwloc_topology_t topology, hwloc_obj_t pu, unsigned kinds)
{
	int kind = kinds > 1 ? hwloc_cpukinds_get_by_cpuset(topology, pu->cpuset, 0) : 0;

	return kind > 0 ? (unsigned)kind : 0;
}

static void read_pu(struct par_machine *machine, hwloc_topology_t topology, hwloc_obj_t object)
{
	hwloc_obj_type_t cache = grouping_cache(topology);
	unsigned i = object->logical_index;
	struct par_pu *pu = &machine->pus[i];

	pu->os_index = (int)object->os_index;
	pu->core = around(topology, object, HWLOC_OBJ_CORE, i);
	pu->package = around(topology, object, HWLOC_OBJ_PACKAGE, 0);
	pu->l3 = cache == HWLOC_OBJ_MACHINE ? 0
					    : around(topology, object, cache, machine->l3_caches);
	pu->numa = numa_of(object);
	pu->kind = kind_of(topology, object, machine->kinds);
	pu->allowed =
		hwloc_bitmap_isset(hwloc_topology_get_allowed_cpuset(topology), object->os_index);
	if (i > 0 && pu->core == machine->pus[i - 1].core)
		pu->smt_rank = machine->pus[i - 1].smt_rank + 1;
}

static int read_pus(struct par_machine *machine, hwloc_topology_t topology)
{
	unsigned last_core = 0;

	machine->pus = calloc(at_least_one(machine->pu_count), sizeof(*machine->pus));
	if (!machine->pus)
		return -ENOMEM;
	for (unsigned i = 0; i < machine->pu_count; i++) {
		read_pu(machine, topology, hwloc_get_obj_by_type(topology, HWLOC_OBJ_PU, i));
		if (!machine->pus[i].allowed)
			continue;
		if (machine->allowed_pus == 0 || machine->pus[i].core != last_core)
			machine->allowed_cores++;
		machine->allowed_pus++;
		last_core = machine->pus[i].core;
	}
	return machine->allowed_pus ? 0 : -ENODEV;
}

/* Hybrid machines have caches of several sizes on one level; the largest is taken. */
static uint64_t cache_bytes(hwloc_topology_t topology, hwloc_obj_type_t type)
{
	unsigned count = count_of(topology, type);
	uint64_t bytes = 0;

	for (unsigned i = 0; i < count; i++) {
		hwloc_obj_t cache = hwloc_get_obj_by_type(topology, type, i);

		if (cache->attr->cache.size > bytes)
			bytes = cache->attr->cache.size;
	}
	return bytes;
}

static uint64_t outermost_cache_bytes(hwloc_topology_t topology)
{
	for (int type = HWLOC_OBJ_L5CACHE; type >= (int)HWLOC_OBJ_L1CACHE; type--) {
		uint64_t bytes = cache_bytes(topology, (hwloc_obj_type_t)type);

		if (bytes)
			return bytes;
	}
	return 0;
}

static void read_counts(struct par_machine *machine, hwloc_topology_t topology)
{
	hwloc_obj_type_t cache = grouping_cache(topology);
	unsigned cores = count_of(topology, HWLOC_OBJ_CORE);

	machine->pu_count = count_of(topology, HWLOC_OBJ_PU);
	machine->cores = cores ? cores : machine->pu_count;
	machine->packages = at_least_one(count_of(topology, HWLOC_OBJ_PACKAGE));
	machine->numa_nodes = at_least_one(count_of(topology, HWLOC_OBJ_NUMANODE));
	machine->l3_caches = cache == HWLOC_OBJ_MACHINE ? 0 : count_of(topology, cache);
	machine->kinds = ranked_kinds(topology);
	machine->l1d_bytes = cache_bytes(topology, HWLOC_OBJ_L1CACHE);
	machine->l2_bytes = cache_bytes(topology, HWLOC_OBJ_L2CACHE);
	machine->llc_bytes = outermost_cache_bytes(topology);
	machine->memory_bytes = hwloc_get_root_obj(topology)->total_memory;
}

static void read_model(struct par_machine *machine, hwloc_topology_t topology)
{
	hwloc_obj_t package = hwloc_get_obj_by_type(topology, HWLOC_OBJ_PACKAGE, 0);
	const char *model = package ? hwloc_obj_get_info_by_name(package, "CPUModel") : NULL;

	if (!model)
		model = hwloc_obj_get_info_by_name(hwloc_get_root_obj(topology), "CPUModel");
	(void)snprintf(machine->cpu_model, sizeof(machine->cpu_model), "%s", model ? model : "");
}

static int read_machine(
	struct par_machine *machine, hwloc_topology_t topology, struct par_error *error)
{
	int code;

	read_counts(machine, topology);
	read_model(machine, topology);
	code = read_pus(machine, topology);
	if (code == -ENODEV)
		return par_fail(error, code, "the topology allows no PU at all");
	if (code < 0)
		return par_fail(error, code, "no memory for %u PUs", machine->pu_count);
	return 0;
}

/* What only the kernel knows. Its own count of pages: nodes leave out memory that was added later.
 */
static void read_limits(struct par_machine *machine)
{
	struct par_cgroup cgroup;
	long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);

	if (pages > 0 && page_bytes > 0)
		machine->memory_bytes = (uint64_t)pages * (uint64_t)page_bytes;

	par_cgroup_read(&cgroup, "");
	machine->quota_cpus = cgroup.quota_cpus;
	machine->memory_limit_bytes = cgroup.memory_limit_bytes;
}

static int init(struct par_machine *machine, const char *xml, struct par_error *error)
{
	hwloc_topology_t topology;
	int code;

	*machine = (struct par_machine)PAR_MACHINE_INIT;
	code = par_topology_load(&topology, xml, error);
	if (code < 0)
		return code;
	machine->real = !xml && hwloc_topology_is_thissystem(topology);
	code = read_machine(machine, topology, error);
	hwloc_topology_destroy(topology);
	if (code < 0) {
		par_machine_fini(machine);
		return code;
	}
	if (machine->real)
		read_limits(machine);
	return 0;
}

int par_machine_init(struct par_machine *machine, struct par_error *error)
{
	return init(machine, NULL, error);
}

int par_machine_init_xml(struct par_machine *machine, const char *path, struct par_error *error)
{
	return init(machine, path, error);
}

void par_machine_fini(struct par_machine *machine)
{
	free(machine->pus);
	*machine = (struct par_machine)PAR_MACHINE_INIT;
}

int par_machine_export_xml(const char *path, struct par_error *error)
{
	hwloc_topology_t topology;
	char *xml = NULL;
	int size = 0;
	int code;

	code = par_topology_load(&topology, NULL, error);
	if (code < 0)
		return code;
	if (hwloc_topology_export_xmlbuffer(topology, &xml, &size, 0) < 0) {
		code = par_fail(error, -ENOMEM, "hwloc cannot write the topology as XML");
		goto done;
	}
	/* hwloc counts the final NUL, and a file wants none. */
	code = par_file_write(path, xml, strlen(xml), error);
done:
	if (xml)
		hwloc_free_xmlbuffer(topology, xml);
	hwloc_topology_destroy(topology);
	return code;
}

const char *par_machine_library(void)
{
	return HWLOC_VERSION;
}
