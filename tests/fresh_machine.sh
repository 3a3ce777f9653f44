#!/usr/bin/env bash
#
# sudo tests/fresh_machine.sh [options of parbench run]
#
# Does what a newcomer does, on a new machine. Makes a Debian 12 with nothing but the base system
# (debootstrap), clones the last commit into it, and types what README.md says, `./run_all.sh` and
# `./run_all.sh --test`; options are added to the first. Needs root, debootstrap, git, 3 GB in
# ${TMPDIR:-/var/tmp} and a quarter of an hour. Packages come from the mirror that this system's apt
# uses for Debian 12, or from $MIRROR.
set -euo pipefail

suite=bookworm
root=$(cd -- "$(dirname -- "$0")/.." && pwd)

die() {
	printf 'fresh_machine.sh: %s\n' "$*" >&2
	exit 1
}

# Inside the new mount and process namespace: all mounts and processes end with it.
if [[ ${1:-} == --inside ]]; then
	machine=$2 folder=$3
	shift 3
	mount --bind "$machine" "$machine" # a root must be a mount point, for tests with namespaces
	mount -t proc proc "$machine/proc"
	mount -t sysfs -o ro sys "$machine/sys"
	[[ ! -d /sys/fs/cgroup ]] || mount --rbind /sys/fs/cgroup "$machine/sys/fs/cgroup"
	mount --rbind /dev "$machine/dev"
	mount -t tmpfs tmpfs "$machine/dev/shm"
	# shellcheck disable=SC2016 # for the inner shell
	exec chroot "$machine" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
		bash -c 'cd "$1" && shift && exec "$@"' bash "$folder" "$@"
fi

((EUID == 0)) || die "needs root"
for tool in debootstrap git unshare; do
	command -v "$tool" >/dev/null || die "needs $tool"
done
# The first two commands that README.md shows, without their comments.
commands=$(sed -n 's/ *#.*//; /^\.\/run_all\.sh/p' "$root/README.md" | head -n 2)
[[ $commands == $'./run_all.sh\n./run_all.sh --test' ]] ||
	die "README.md shows other commands than this script types: $commands"

mirror=${MIRROR:-$(apt-get indextargets --format "\$(CODENAME) \$(REPO_URI)" 'Created-By: Packages' |
	sed -n "s/^$suite //p" | head -n 1)}
[[ -n $mirror ]] || die "apt knows no mirror for $suite: set MIRROR"
# What apt needs to reach its mirror, debootstrap and the new machine need as well.
eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
export http_proxy https_proxy

machine=$(mktemp -d "${TMPDIR:-/var/tmp}/fresh-machine-XXXXXX")
trap 'rm -rf --one-file-system -- "$machine"' EXIT
trap 'exit 130' INT TERM

echo "Making a Debian $suite from $mirror"
debootstrap --variant=minbase "$suite" "$machine" "$mirror" >"$machine.log" 2>&1 ||
	die "debootstrap failed: $machine.log"
rm -- "$machine.log"
apt-config dump | grep '^Acquire::' >"$machine/etc/apt/apt.conf.d/90host" || true
cp -L -- /etc/resolv.conf /etc/hosts "$machine/etc/"
git clone -q --no-local -- "$root" "$machine/root/parbench"

# type_in COMMAND...: in the clone, on the new machine, without a terminal.
type_in() {
	printf '\n# %s\n' "$*"
	unshare --mount --pid --fork --kill-child -- \
		"$0" --inside "$machine" /root/parbench "$@" </dev/null
}

type_in ./run_all.sh "$@"
[[ -s $machine/root/parbench/results/latest/report.html ]] || die "no report"
# Now that all is there, the network is not needed: --no-install has nothing to refuse.
type_in ./run_all.sh --no-install --dry-run >/dev/null
type_in ./run_all.sh --test
echo "A fresh Debian $suite: both commands work"
