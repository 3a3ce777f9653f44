#!/usr/bin/env bash
#
# tests/floors.sh [ROOT]: the rules of the house that no compiler checks. Prints each breach, and
# ends with 1 when there is any. ROOT is the source tree; default: this one.
set -euo pipefail

root=$(cd -- "${1:-$(dirname -- "$0")/..}" && pwd)
cd -- "$root"
breaches=0

breach() {
	printf 'floors: %s\n' "$*"
	breaches=$((breaches + 1))
}

# What each part may include: itself, and these.
declare -A below=(
	[lib/sys]=""
	[lib/machine]="lib/sys"
	[lib/parallel]="lib/sys"
	[lib/stats]="lib/sys"
	[lib/core]="lib/sys lib/machine lib/parallel lib/stats"
	[lib/report]="lib/sys lib/machine lib/parallel lib/stats lib/core"
)
below[bench/models]="${below[lib/core]} lib/core"
below[bench/workloads]="${below[lib/core]} lib/core"
below[bench/experiments]="${below[lib/report]} lib/report"
below[bench]="${below[bench/experiments]}"
below[bench/commands]="${below[bench/experiments]} bench"
below[bench/main.c]="${below[bench/commands]} bench/commands"

# Libraries with one home: the file that would include them elsewhere breaks the floors as well.
declare -A home=(
	[hwloc.h]="lib/machine"
	[jansson.h]="lib/core lib/report bench bench/commands bench/experiments"
	[cminpack.h]="lib/stats"
	[cmark-gfm.h]="lib/report"
	[liburing.h]="lib/parallel"
)

files() { find lib bench -name '*.[chS]' | LC_ALL=C sort; }

# The part that a file belongs to is its folder; main.c stands above all.
part() { [[ $1 == bench/main.c ]] && echo "$1" || echo "${1%/*}"; }

# Lines "file included-name", of includes with quotes ($1 is '"') or angle brackets ('<').
includes() {
	files | tr '\n' '\0' |
		xargs -0 sed -sn "/^[ \t]*#[ \t]*include[ \t]*$1/{F;s/^[^\"<]*[\"<]\([^\">]*\).*/\1/p}" |
		paste -d ' ' - -
}

declare -A part_of=() # header name -> part
while read -r file; do
	part=$(part "$file") name=${file##*/}
	[[ -n ${below[$part]+known} ]] || breach "$part is no part of the house (add it to tests/floors.sh)"
	[[ $name == *.h ]] || continue
	[[ -z ${part_of[$name]:-} ]] || breach "$name stands in ${part_of[$name]} and in $part"
	part_of[$name]=$part
done < <(files)

while read -r file name; do
	part=$(part "$file") target=${part_of[${name##*/}]:-}
	if [[ -z $target ]]; then
		case $name in
		build_settings.h | build_revision.h) ;; # made by cmake/generate.cmake
		*) breach "$file includes \"$name\", which is not in lib/ or bench/" ;;
		esac
	elif [[ $target != "$part" && " ${below[$part]:-} " != *" $target "* ]]; then
		breach "$file includes \"$name\" of $target"
	fi
done < <(includes '"')

while read -r file name; do
	name=${name##*/} part=$(part "$file")
	[[ -z ${home[$name]:-} || " ${home[$name]} " == *" $part "* ]] ||
		breach "$file includes <$name>, which only ${home[$name]// / and } may"
done < <(includes '<')

# No circle among headers, within a floor too.
circle=$(includes '"' | grep '^[^ ]*\.h ' | sed 's|^[^ ]*/||' | tsort 2>&1 >/dev/null) ||
	breach "headers include each other: $(tr '\n' ' ' <<<"$circle")"

# A workload knows no model and no timed loop; a model knows no workload but through its job.
while read -r line; do
	breach "a workload names what runs it: $line"
done < <(grep -rnE '#include "(model|job|registry|cell|plan|visit)\.h"|par_model' bench/workloads || true)
while read -r line; do
	breach "a model names what it runs: $line"
done < <(grep -rnE '#include "(workload|registry|cell|plan|visit)\.h"|par_workload' bench/models || true)

# The library names nothing of the catalogue.
while read -r line; do
	breach "the library names a part of the catalogue: $line"
done < <(
	names=$(find bench/models bench/workloads -name '*.c' -exec basename {} .c \; | paste -sd '|' -)
	grep -rnwE "par_(model|workload)_($names)" lib || true
)

# The timed loop stands once. (The engines of lib/parallel cannot see a workload's task.)
while read -r line; do
	breach "only par_job_work() in lib/core/job.c may call a task: $line"
done < <(grep -rnE '(->|\.)task *\)? *\(' lib/core lib/report bench | grep -v '^lib/core/job\.c:' || true)

((breaches == 0)) || exit 1
echo "floors: $(files | wc -l) files keep the rules"
