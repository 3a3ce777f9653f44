#!/usr/bin/env bash
# Folders that cannot be written, full disks and a bound on file sizes: one clear line, status 1,
# nothing half written, and a journal to go on with.
. "$(dirname -- "$0")/common.bash"

((EUID == 0)) || skip "needs root, to mount small file systems and to become another user"
disk="$work/disk"
clean() {
	mountpoint -q "$disk" && umount -l "$disk"
	rm -rf -- "$work"
}
trap clean EXIT
mkdir "$disk"
mount -t tmpfs -o size=96k,mode=777 parbench-test "$disk" 2>/dev/null || skip "cannot mount a tmpfs"
chmod 755 "$work"

options=(--quick --experiments scaling --workloads sha256 --models "serial,thread_pool")
as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

# fails STATUS WORD COMMAND...: ends with STATUS and its last line names WORD.
fails() {
	try "${@:3}"
	((status == $1)) || fail "status $status instead of $1: ${*:3}: $(cat -- "$work/err")"
	tail -n 1 "$work/err" | grep -q '^parbench run: ' || fail "no clear line: $(cat -- "$work/err")"
	tail -n 1 "$work/err" | grep -qF -- "$2" || fail "does not name $2: $(cat -- "$work/err")"
}

# goes_on RUN: what is in its journal is whole, and is there after it was resumed.
goes_on() {
	local before=0 after
	[[ ! -s $1/cells.jsonl ]] || before=$(wc -l <"$1/cells.jsonl")
	head -n "$before" "$1/cells.jsonl" >"$work/before"
	succeeds "$PARBENCH" run --resume --budget 1s --output "$1"
	after=$(wc -l <"$1/cells.jsonl")
	((after >= before)) || fail "$after records after $before"
	head -n "$before" "$1/cells.jsonl" | cmp -s - "$work/before" || fail "records changed"
	check_run "$1"
}

# The disk fills up while it measures.
fails 1 "No space left" "$PARBENCH" run "${options[@]}" --output "$disk/run" --budget 60s
compgen -G "$disk/run/*.tmp.*" >/dev/null && fail "unfinished files are left"
python -m json.tool "$disk/run/run.json" >/dev/null || fail "run.json is damaged"
mount -o remount,size=64m "$disk"
goes_on "$disk/run"

# It is full before the report: the journal stays, and `report` draws it when there is room.
rm -f -- "$disk"/run/report.* "$disk"/run/*.svg
printf 'the old page' >"$disk/run/report.html"
head -c 80m /dev/zero >"$disk/fill" 2>/dev/null || true
try "$PARBENCH" report "$disk/run"
((status == 1)) || fail "status $status of a report on a full disk"
grep -q "No space left" "$work/err" || fail "does not say why: $(cat -- "$work/err")"
[[ $(cat -- "$disk/run/report.html") == "the old page" ]] || fail "an old page was overwritten"
rm -- "$disk/fill"
succeeds "$PARBENCH" report "$disk/run"
check_run "$disk/run"

# No room for the first file.
mkdir "$disk/full"
head -c 80m /dev/zero >"$disk/fill" 2>/dev/null || true
fails 1 "No space left" "$PARBENCH" run "${options[@]}" --output "$disk/full"
rm -- "$disk/fill"

# A disk that is, or becomes, read-only.
mount -o remount,ro "$disk"
fails 1 "Read-only file system" "$PARBENCH" run "${options[@]}" --output "$disk/new"
fails 1 "Read-only file system" "$PARBENCH" run --resume --output "$disk/run"
mount -o remount,rw "$disk"
goes_on "$disk/run"

# A folder of somebody else.
mkdir -m 755 "$work/mine"
fails 1 "Permission denied" "${as_nobody[@]}" "$PARBENCH" run "${options[@]}" \
	--output "$work/mine/new"
fails 1 "Permission denied" "${as_nobody[@]}" "$PARBENCH" run "${options[@]}" --output "$work/mine"
[[ -z $(ls -A "$work/mine") ]] || fail "something was left in a folder that cannot be used"

# A bound on the size of files is met by the journal, not by a signal.
fails 1 "File too large" prlimit --fsize=24576 "$PARBENCH" run "${options[@]}" --budget 60s \
	--output "$work/bound"
goes_on "$work/bound"
