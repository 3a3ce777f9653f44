# Sourced by every script here, in place of the one of the end-to-end tests.
# shellcheck shell=bash
. "$(dirname -- "${BASH_SOURCE[0]}")/../e2e/common.bash"

# check_run FOLDER: a run with valid files and a report, whatever the machine let it measure.
check_run() {
	local file
	for file in run.json cells.jsonl topology.xml analysis.json report.md report.html; do
		[[ -s $1/$file ]] || fail "$1 has no $file"
	done
	succeeds python "$ROOT/tests/schema/validate.py" "$1"
}

# preload LIBRARY: a copy whose path LD_PRELOAD can take: one without spaces. Sets `preloaded`.
preload() {
	local folder
	folder=$(mktemp -d /tmp/parbench-preload-XXXXXX)
	trap 'rm -rf -- "$work" "'"$folder"'"' EXIT
	cp -- "$1" "$folder/"
	# shellcheck disable=SC2034 # the tests use it
	preloaded=$folder/$(basename -- "$1")
}
