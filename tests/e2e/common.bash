# Sourced by every test here. From the environment: PARBENCH, the program; ROOT, the source tree.
# shellcheck shell=bash disable=SC2034 # the tests use the variables
set -euo pipefail
: "${PARBENCH:?the program to test}" "${ROOT:?the source tree}"
export LC_ALL=C

# A folder for the test. Its name has a space, since users' folders have.
work=$(mktemp -d "${TMPDIR:-/tmp}/parbench test XXXXXX")
trap 'rm -rf -- "$work"' EXIT

fail() {
	printf 'FAILED: %s\n' "$*" >&2
	exit 1
}

skip() {
	printf 'skipped: %s\n' "$*"
	exit 77
}

# try COMMAND...: runs it; sets `status`, and leaves its output in $work/out and $work/err.
try() {
	status=0
	"$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

# succeeds COMMAND...: it must end with 0.
succeeds() {
	try "$@"
	((status == 0)) || fail "status $status of: $*
$(cat -- "$work/out" "$work/err")"
}

# refuses WORD COMMAND...: it must end with 2, say nothing but one line on stderr, and name WORD.
refuses() {
	try "${@:2}"
	((status == 2)) || fail "status $status instead of 2: ${*:2}"
	[[ ! -s $work/out ]] || fail "output on stdout: ${*:2}"
	(($(wc -l <"$work/err") == 1)) || fail "not one line: ${*:2}: $(cat -- "$work/err")"
	grep -qF -- "$1" "$work/err" || fail "does not name $1: $(cat -- "$work/err")"
}

# says TEXT: the last command's stdout must have it.
says() { grep -qF -- "$1" "$work/out" || fail "'$1' is not in: $(cat -- "$work/out")"; }

python() { /usr/bin/python3 "$@"; }

# check_results FOLDER: a complete run with valid files.
check_results() {
	succeeds python "$ROOT/tests/e2e/check_files.py" "$1"
	succeeds python "$ROOT/tests/schema/validate.py" "$1"
}

# count_records FOLDER
count_records() { grep -c . "$1/cells.jsonl"; }
