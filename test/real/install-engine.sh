#!/usr/bin/env bash
# Puts in place what the tests against a real Docker engine need, on Debian as root:
#
#   install-engine.sh tools     small packages of the machine's own release, only those missing
#   install-engine.sh engine    those, runc and iptables, and a current engine, compose and buildx
#                               unpacked into a cache; prints the prefix it is in
#
# with-engine.sh calls it. Nothing is downloaded when everything is there already.
#
# The engine is Debian sid's, because stable's has no `docker compose` (bookworm: 20.10). It is
# unpacked with dpkg -x, not installed: sid's binaries run on older releases (they need glibc 2.34
# or newer), while installing them would pull sid's libraries in and start a daemon of the system.
# runc is the release's own, since sid's does need a newer glibc.
#
# Where sid comes from is read from the machine's own apt sources, so that its mirror, proxy and
# keys count here too.
set -euo pipefail

say() { printf 'install-engine: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

cache=${DOCKMEDIC_ENGINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dockmedic-test-engine}
[[ $cache = /* ]] || cache=$PWD/$cache
mkdir -p "$cache"

# Two runs side by side must not install at the same time; the second finds the first one's work.
exec 9>"$cache/lock"
flock 9

log=$(mktemp)
work=''
trap 'rm -rf "$log" ${work:+"$work"}' EXIT

# Apt is talkative; what it said is shown when it failed.
quietly() {
  "$@" >"$log" 2>&1 9>&- </dev/null || { tail -n 20 "$log" >&2; die "failed: $*"; }
}

installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) = installed ]]; }

# One argument per need, package:command. A command that is there is taken, wherever it came from.
install_missing() {
  local need missing=()
  for need in "$@"; do
    command -v "${need#*:}" >/dev/null || missing+=("${need%%:*}")
  done
  # The plain busybox package has the same command, but is not static: useless in an empty image.
  installed busybox-static || missing+=(busybox-static)
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  quietly apt-get -q update
  DEBIAN_FRONTEND=noninteractive quietly apt-get -q -y --no-install-recommends \
    -o DPkg::Lock::Timeout=120 install "${missing[@]}"
  # The packages start a registry on port 5000 and an sshd on port 22; the tests start their own, on ports of their own.
  if [[ -d /run/systemd/system ]]; then
    if [[ " ${missing[*]} " = *' docker-registry '* ]]; then quietly systemctl disable --now docker-registry; fi
    if [[ " ${missing[*]} " = *' openssh-server '* ]]; then quietly systemctl disable --now ssh; fi
  fi
}

# The machine's first Debian source, with sid for a suite, in a file below the directory $1.
sid_source() {
  mkdir "$1"
  if [[ -s /etc/apt/sources.list.d/debian.sources ]]; then
    awk '/^#/ { next }
         NF == 0 { if (seen) exit; next }
         { seen = 1 }
         /^Types:/ { print "Types: deb"; next }
         /^Suites:/ { print "Suites: sid"; next }
         { print }' /etc/apt/sources.list.d/debian.sources >"$1/sid.sources"
  elif [[ -s /etc/apt/sources.list ]]; then
    # deb [options] ADDRESS SUITE COMPONENT...
    sed -nE '/^deb[[:space:]]/ {
      s/^(deb[[:space:]]+(\[[^]]*\][[:space:]]*)?[^[:space:]]+)[[:space:]]+[^[:space:]]+.*/\1 sid main/p
      q
    }' /etc/apt/sources.list >"$1/sid.list"
    [[ -s $1/sid.list ]] || die 'found no deb line in /etc/apt/sources.list'
  else
    die 'found no Debian source in /etc/apt to take the engine from'
  fi
}

unpack_engine() {
  local prefix=$1 deb apt
  work=$(mktemp -d "$cache/new.XXXXXX")
  sid_source "$work/sources"
  mkdir -p "$work"/{lists,archives,debs}/partial "$work/prefix"
  # Lists and archives of its own: the machine's apt state is neither read nor changed. The
  # download runs as root, since apt's own user cannot write below a home directory.
  apt=(apt-get -q -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/sources"
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work" -o APT::Sandbox::User=root)
  say "unpacking Debian sid's engine into $prefix"
  quietly "${apt[@]}" update
  cd "$work/debs"
  quietly "${apt[@]}" download \
    docker.io docker-cli docker-compose docker-buildx containerd tini-static
  for deb in *.deb; do dpkg -x "$deb" "$work/prefix"; done
  cd /
  # sid moves on; better to hear here that its binaries no longer run on this release.
  quietly "$work/prefix/usr/sbin/dockerd" --version
  mv "$work/prefix" "$prefix" # in one step: a prefix that exists is whole
}

tools=(docker-registry:docker-registry apache2-utils:htpasswd openssh-server:sshd tmux:tmux git:git)

case ${1-} in
tools)
  install_missing "${tools[@]}"
  ;;
engine)
  install_missing runc:runc iptables:iptables "${tools[@]}"
  prefix=$cache/$(dpkg --print-architecture)
  [[ -x $prefix/usr/sbin/dockerd ]] || unpack_engine "$prefix"
  printf '%s\n' "$prefix"
  ;;
*)
  die 'usage: install-engine.sh tools|engine'
  ;;
esac
