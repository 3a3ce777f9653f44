#!/usr/bin/env bash
#
# tests/run_tests.sh FOLDER: builds in FOLDER and runs all tests; `./run_all.sh --test` calls it.
# Goes on after a failure, except that of a build. The last line is "N passed, N failed": every test
# of ctest counts, and every other step; it ends with 1 when any failed.
# shellcheck disable=SC2317 # a step's function is called through step()
set -euo pipefail

root=$(cd -- "$(dirname -- "$0")/.." && pwd)
mkdir -p -- "$1"
folder=$(cd -- "$1" && pwd)
passed=0 failed=0

finish() {
	printf '\n%d passed, %d failed\n' "$passed" "$failed"
	exit $((failed > 0))
}

# count PASSED FAILED NAME: adds to the sum and says so; shows the log's end after a failure.
count() {
	passed=$((passed + $1)) failed=$((failed + $2))
	printf '%-28s %3d passed, %d failed  (%d s)\n' "$3" "$1" "$2" "$SECONDS"
	(($2 == 0)) || grep -vE '^ *Start +[0-9]+:| Passed +[0-9.]+ sec$' "$folder/$3.log" | tail -n 60
}

# step NAME COMMAND...: one check.
step() {
	SECONDS=0
	if "${@:2}" >"$folder/$1.log" 2>&1 </dev/null; then
		count 1 0 "$1"
	else
		count 0 1 "$1"
	fi
}

# build PRESET [definition...]: a step without which nothing else makes sense.
build() {
	local before=$failed
	step "build-$1" build_preset "$@"
	((failed == before)) || finish
}

build_preset() {
	(cd -- "$root" && cmake --preset "$1" -B "$folder/$1" "${@:2}") &&
		cmake --build "$folder/$1" --parallel "$(nproc)" --target "$target"
}

# run_ctest PRESET [option of ctest...]: each of its tests counts.
run_ctest() {
	local name=test-$1 log=$folder/test-$1.log junit=$folder/test-$1.xml all bad skipped unwell=0
	SECONDS=0
	rm -f -- "$junit"
	"${wrapper[@]}" ctest --test-dir "$folder/$1" --output-on-failure --no-tests=error \
		--output-junit "$junit" --parallel "$(nproc)" "${@:2}" >"$log" 2>&1 </dev/null || unwell=1
	all=$(attribute tests "$junit") bad=$(attribute failures "$junit")
	skipped=$(attribute skipped "$junit")
	if [[ -z $all || $all == 0 ]]; then
		count 0 1 "$name"
	elif ((unwell && bad == 0)); then # such as an executable that is missing
		count $((all - skipped)) 1 "$name"
	else
		count $((all - bad - skipped)) "$bad" "$name"
		grep -F '***Skipped' -- "$log" || true
	fi
}

# The number in the first ATTRIBUTE="..." of FILE.
attribute() {
	[[ ! -e $2 ]] || sed -n "s/.*\b$1=\"\([0-9]*\)\".*/\1/p;T;q" "$2"
}

check_scripts() {
	shellcheck -- "$root"/run_all.sh "$root"/.ci/run "$root"/tests/*.sh "$root"/tests/*/*.sh
}

check_format() {
	find "$root/lib" "$root/bench" "$root/tests" -name '*.[ch]' -print0 |
		xargs -0 clang-format --dry-run --Werror
}

# Some distributions have clang without the runtime of its fuzzer.
has_libfuzzer() {
	echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
		clang -fsanitize=fuzzer,address,undefined -x c -o "$folder/libfuzzer" - 2>/dev/null
}

wrapper=(env)
target=all
step scripts check_scripts
if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
	step format check_format # other versions lay code out in other ways
fi

build release -DPAR_WERROR=ON
run_ctest release
if command -v clang >/dev/null; then
	target=parbench # its warnings; the tests' own are seen by gcc
	build clang
	target=all
fi
if has_libfuzzer; then # elsewhere the corpus was replayed by the tests of label fuzz
	target=fuzz
	build fuzz
	target=all
	run_ctest fuzz
fi
build asan
run_ctest asan --label-exclude slow

build tsan
# ThreadSanitizer of gcc 12 cannot place its shadow where the kernel randomises many address bits.
if setarch -R true 2>/dev/null; then
	wrapper=(setarch -R)
fi
run_ctest tsan --label-regex '^(parallel|bench)$'
finish
