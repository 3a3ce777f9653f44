#include "topology.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int use_xml(hwloc_topology_t topology, const char *path, struct par_error *error)
{
	if (access(path, R_OK) < 0) {
		int code = -errno;

		return par_fail(
			error, code, "cannot read the topology %s: %s", path, par_error_text(code));
	}
	if (hwloc_topology_set_xml(topology, path) < 0)
		return par_fail(error, -EINVAL,
			"%s is not a topology of hwloc (write one with lstopo FILE.xml)", path);
	return 0;
}

static int use_synthetic(hwloc_topology_t topology, const char *text, struct par_error *error)
{
	if (hwloc_topology_set_synthetic(topology, text) < 0)
		return par_fail(error, -EINVAL,
			"HWLOC_SYNTHETIC=%s is not a machine; try \"pack:2 core:8 pu:2\"", text);
	return 0;
}

/*
 * hwloc reads these variables itself but forgives a bad value; taken here so that a typing error is
 * told; an empty one is none. The order is hwloc's: the synthetic machine goes first.
 */
static int use_variables(hwloc_topology_t topology, struct par_error *error)
{
	const char *synthetic = getenv("HWLOC_SYNTHETIC");
	const char *xml = getenv("HWLOC_XMLFILE");

	if (getenv("HWLOC_COMPONENTS") || getenv("HWLOC_FSROOT"))
		return 0;
	if (synthetic && *synthetic)
		return use_synthetic(topology, synthetic, error);
	if (xml && *xml)
		return use_xml(topology, xml, error);
	return 0;
}

/*
 * hwloc's allowed set knows cgroups but not taskset. A failure leaves the set as it was: a machine
 * that hides the affinity is not a reason to stop.
 */
static void narrow_to_affinity(hwloc_topology_t topology)
{
	hwloc_bitmap_t bound = hwloc_bitmap_alloc();

	if (!bound)
		return;
	if (hwloc_get_cpubind(topology, bound, HWLOC_CPUBIND_THREAD) == 0) {
		hwloc_bitmap_and(bound, bound, hwloc_topology_get_allowed_cpuset(topology));
		if (!hwloc_bitmap_iszero(bound))
			hwloc_topology_allow(topology, bound, NULL, HWLOC_ALLOW_FLAG_CUSTOM);
	}
	hwloc_bitmap_free(bound);
}

static int load(hwloc_topology_t topology, const char *xml, struct par_error *error)
{
	int code = xml ? use_xml(topology, xml, error) : use_variables(topology, error);

	if (code < 0)
		return code;
	if (hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) < 0)
		return par_fail(error, -EINVAL, "this hwloc cannot show PUs outside the cpuset");
	errno = 0;
	if (hwloc_topology_load(topology) < 0) {
		code = errno ? -errno : -EINVAL;
		return par_fail(error, code, "hwloc cannot read the topology%s%s: %s",
			xml ? " of " : "", xml ? xml : "", par_error_text(code));
	}
	return 0;
}

int par_topology_load(hwloc_topology_t *out, const char *xml, struct par_error *error)
{
	hwloc_topology_t topology;
	int code;

	if (hwloc_topology_init(&topology) < 0)
		return par_fail(error, -ENOMEM, "no memory for the topology");
	code = load(topology, xml, error);
	if (code < 0) {
		hwloc_topology_destroy(topology);
		return code;
	}
	if (!xml && hwloc_topology_is_thissystem(topology))
		narrow_to_affinity(topology);
	*out = topology;
	return 0;
}
