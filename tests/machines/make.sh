#!/bin/bash
# Makes the machines of this folder anew with hwloc's tools (Debian: hwloc-nox). The tests read the
# files, so this runs only when a machine is added or changed.
set -euo pipefail
cd "$(dirname "$0")"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# machine NAME SYNTHETIC [option of lstopo...]
machine() {
	local name=$1 text=$2
	shift 2
	lstopo-no-graphics -i "$text" "$@" --of xml -f "$name"
}

# kind FILE CPUSET EFFICIENCY TYPE: registers a cpukind in place.
kind() {
	hwloc-annotate "$1" "$1" -- root -- cpukind "$2" "$3" 0 CoreType "$4"
}

# 8 performance cores with two PUs each (PUs 0-15, siblings are neighbours) and 16 efficient cores
# (PUs 16-31), as a desktop of 2023 has them. A synthetic machine is symmetric: the second PUs of the
# efficient cores get the numbers from 32, and are then cut off.
hybrid=$(seq -s, 0 15)
for core in $(seq 16 31); do
	hybrid+=",$core,$((core + 16))"
done
hybrid="l1d:1(size=49152) core:1 pu:2(indexes=$hybrid)"
hybrid="pack:1 [numa(memory=34359738368)] l3:1(size=37748736) l2:24(size=2097152) $hybrid"
machine "$scratch/hybrid.xml" "$hybrid" --restrict 0xffffffff
cp "$scratch/hybrid.xml" hybrid_8p16e.xml
kind hybrid_8p16e.xml 0x0000ffff 1 Performance
kind hybrid_8p16e.xml 0xffff0000 0 Efficient

# The same with kinds that nobody ranked.
cp "$scratch/hybrid.xml" hybrid_unranked.xml
hwloc-annotate hybrid_unranked.xml hybrid_unranked.xml -- root -- cpukind 0x0000ffff -1 0 Colour red
hwloc-annotate hybrid_unranked.xml hybrid_unranked.xml -- root -- cpukind 0xffff0000 -1 0 Colour blue

# 2 packages of 4 cores with two PUs; the cpuset leaves the second package.
half="pack:2 [numa(memory=8589934592)] l3:1(size=16777216) core:4 pu:2"
machine half_hidden.xml "$half" --disallowed --allow 0xff00

# The same machine where the cpuset takes one PU of each core, of core 1 the second, and of core 3 both.
machine odd_siblings.xml "$half" --disallowed --allow 0x55d9
