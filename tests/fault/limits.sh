#!/usr/bin/env bash
# A limit that a visit meets costs its record only, and the record names the limit.
. "$(dirname -- "$0")/common.bash"

# says_why WORD LIMIT SPEC: `parbench cell` under prlimit must fail for that reason.
says_why() {
	try prlimit "$2" "${prefix[@]}" "$PARBENCH" cell "$3" --timed 1ms --scratch "$scratch"
	grep -q '"status":"failed"' "$work/out" || fail "$2: $(cat -- "$work/out" "$work/err")"
	grep -qF -- "$1" "$work/out" || fail "$2 is not named: $(cat -- "$work/out")"
}

scratch=$work/scratch prefix=()
mkdir -m 777 "$scratch"
chmod 755 "$work"

says_why RLIMIT_AS --as=400000000 "scaling/sha256/thread_pool/cores=1/workers=200/place=close"
says_why "limit is 24" --nofile=24 "scaling/pipe_echo/thread_pool/cores=1/workers=16/place=close"

# The kernel does not hold root to a number of processes.
((EUID != 0)) || prefix=(setpriv --reuid 65534 --regid 65534 --clear-groups)
says_why RLIMIT_NPROC --nproc=12 "scaling/sha256/thread_pool/cores=1/workers=64/place=close"
says_why RLIMIT_NPROC --nproc=12 "scaling/sha256/process_pool/cores=1/workers=64/place=close"
[[ -z $(ls -A "$scratch") ]] || fail "files are left in scratch"
