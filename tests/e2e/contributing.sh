#!/usr/bin/env bash
# CONTRIBUTING.md, followed literally: each example becomes its file, its line joins the catalogue,
# and what it adds is measured.
. "$(dirname -- "$0")/common.bash"
copy="$work/copy"
mkdir -- "$copy"
cp -r -- "$ROOT"/{CMakeLists.txt,CONTRIBUTING.md,cmake,lib,bench,plots,tests} "$copy"
cd -- "$copy"

# The code blocks, each written to the file that the step above it names.
awk '
	match($0, /^[0-9]+\. Write `[^`]+`/) { split($0, part, "`"); file = part[2] }
	/^```c$/ && file != "" { writing = 1; next }
	/^```$/ { writing = 0; file = "" }
	writing { print > file }
' CONTRIBUTING.md

# "Add `add(NAME)` to `TABLE`": one line below the table's head.
# shellcheck disable=SC2016 # backticks of the page, not of the shell
while read -r entry table; do
	sed -i "s/^#define $table(add).*/#define $table(add) $entry \\\\/" bench/catalogue.c
	grep -qF "$entry" bench/catalogue.c || fail "no table $table for $entry"
done < <(sed -n 's/^[0-9]*\. Add `\(add([a-z_]*)\)` to `\([A-Z]*\)`.*/\1 \2/p' CONTRIBUTING.md)

succeeds cmake -S . -B build -DCMAKE_BUILD_TYPE=Release -DPAR_TESTS=OFF -DPAR_WERROR=ON
succeeds cmake --build build --parallel 2 --target parbench
succeeds build/parbench run --quick --budget 4s --output added \
	--models thread_static,thread_pool --workloads collatz
check_results "$copy/added"
[[ $(grep -c '"status":"ok"\|"status":"untrustworthy"' added/cells.jsonl) -ge 5 ]] ||
	fail "not every new cell was measured: $(cat added/cells.jsonl)"
grep -q 'placement/collatz/thread_pool' added/analysis.json || fail "no cell of the new experiment"
grep -q 'The shortest task, of Collatz' added/analysis.json || fail "no finding of the new experiment"
grep -q 'id="lesson-placement"' added/report.html || fail "no section of the new experiment"
