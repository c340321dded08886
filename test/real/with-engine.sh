#!/usr/bin/env bash
# Runs a command with a real Docker engine at hand, for the tests that need one:
#
#   test/real/with-engine.sh COMMAND [ARG...]
#
# An engine that answers already, with `docker compose`, is used as it is. Otherwise, on Debian as
# root, a current engine is fetched once into a cache (install-engine.sh) and started for the time
# of COMMAND. Anywhere else the command runs without an engine, and this says so.
#
# COMMAND gets
#   DOCKMEDIC_REAL      1 when there is an engine; unset when there is none
#   DOCKMEDIC_STATE     an empty-to-begin-with directory for files of the tests, removed at the end
#   DOCKMEDIC_DOCKERD   path of dockerd, to start a second one with; empty if there is none
#   DOCKMEDIC_REGISTRY  path of docker-registry; empty if there is none
#   DOCKMEDIC_ENGINE_PID  process id of the engine started here; empty for one found running
#   DOCKER_HOST         the engine's socket
# and the exit status is COMMAND's.
#
# An engine started here has a network and a mount namespace of its own, shared with COMMAND:
# - two daemons in one network would hand out the same addresses on one docker0 and flush each
#   other's iptables chains, and tests run at the same time would want the same ports. Several runs
#   side by side do not notice each other, and nothing is left in the machine's own network;
# - the price: COMMAND reaches 127.0.0.1 (published ports, registries, servers of its own) and
#   nothing outside. No test may need the outside anyway;
# - the CLI plugins are laid over /usr/libexec, one of the directories where every docker looks
#   whatever its DOCKER_CONFIG is, and tests set that themselves. Nobody else sees it, and it ends
#   with the last process inside, even after kill -9: no links in /usr/local to forget, none for one
#   run to remove while another still needs them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { printf 'with-engine: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# A dead context or a hung daemon must not hang the tests. macOS has no timeout(1), but perl.
within() {
  if has timeout; then timeout "$@"; else perl -e 'alarm shift; exec @ARGV or exit 127' "$@"; fi
}

debian_root() {
  [[ $(id -u) = 0 && -r /etc/os-release ]] && has apt-get && has dpkg || return 1
  (. /etc/os-release && [[ ${ID-} = debian ]])
}

engine_answers() {
  has docker && within 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1 \
    && within 10 docker compose version >/dev/null 2>&1
}

state='' prefix='' engine='' found=''

new_state() {
  # Short: a unix socket's path ends at 108 bytes, and the engine puts some deep below this.
  local base=${TMPDIR:-/tmp}
  ((${#base} <= 40)) || base=/tmp
  state=$(mktemp -d "${base%/}/dm.XXXXXX")
  export DOCKMEDIC_STATE=$state
  # A tmux server started before would run the tests' commands outside of the namespaces.
  export TMUX_TMPDIR=$state
  unset TMUX
}

# Ends process $1 within $2 seconds, by force if need be.
finish() {
  local tries=$(($2 * 10))
  kill -TERM "$1" 2>/dev/null || return 0
  while kill -0 "$1" 2>/dev/null; do
    if ((tries-- == 0)); then kill -KILL "$1" 2>/dev/null || true; return 0; fi
    sleep 0.1
  done
}

cleanup() {
  local status=$? id ids pid dir run=${state:+$state/exec}
  trap '' INT TERM HUP
  trap - EXIT
  set +e
  [[ -n $state ]] || exit "$status"
  if has tmux; then tmux kill-server 2>/dev/null; fi
  if [[ -n $found ]]; then
    # Someone's own engine: a stand-in left there would pass for the real image later. What was
    # built upon one has inherited its label. Twice, since a parent only goes after its child.
    for _ in 1 2; do
      ids=$(within 30 docker images -q --filter label=dockmedic.stand-in 2>/dev/null | sort -u)
      # shellcheck disable=SC2086 # one id a word
      [[ -z $ids ]] || within 60 docker rmi -f $ids >/dev/null 2>&1
    done
  elif [[ -n $engine ]]; then
    # Containers first: a stopping daemon would give each of them ten seconds.
    if kill -0 "$engine" 2>/dev/null; then
      ids=$(within 30 docker ps -aq 2>/dev/null)
      # shellcheck disable=SC2086
      [[ -z $ids ]] || within 60 docker rm -f $ids >/dev/null 2>&1
    fi
    finish "$engine" 20
    # What is left when the daemon died before us: containers, their shims, its containerd. All are
    # known by the state directory, which is ours alone.
    for dir in "$run"/runtime-runc/*/; do
      [[ -d $dir ]] || continue
      for id in $(runc --root "$dir" list -q 2>/dev/null); do runc --root "$dir" delete -f "$id" >/dev/null 2>&1; done
    done
    while IFS=/ read -r _ _ pid _; do
      finish "$pid" 5
    done < <(grep -lF -- "$run/containerd/" /proc/[0-9]*/cmdline 2>/dev/null)
  fi
  if [[ -r /proc/self/mountinfo ]]; then
    awk -v below="$state/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | sort -r \
      | while read -r dir; do umount -l -- "$dir"; done
  fi
  rm -rf -- "$state" || say "could not remove $state"
  exit "$status"
}

child=''
stopped() { # SIGNAL STATUS
  local tries=0
  trap '' INT TERM HUP
  if [[ -n $child ]]; then
    # Ctrl-C has reached the command too; a signal to this process alone has not.
    [[ $1 = INT ]] || kill -TERM "$child" 2>/dev/null || true
    while kill -0 "$child" 2>/dev/null; do
      case $((tries++)) in
      30) kill -TERM "$child" 2>/dev/null || true ;;
      100) kill -KILL "$child" 2>/dev/null || true; break ;;
      esac
      sleep 0.1
    done
  fi
  exit "$2"
}

traps() {
  trap cleanup EXIT
  trap 'stopped INT 130' INT
  trap 'stopped TERM 143' TERM
  trap 'stopped HUP 129' HUP
}

# In the background, so that a signal to this script is seen at once and not when the command has
# ended. Bash makes such commands deaf to Ctrl-C and takes their input away; both are given back.
run() {
  local status=0 plain=()
  if env --default-signal=INT true 2>/dev/null; then plain=(env --default-signal=INT --default-signal=QUIT); fi
  ${plain[@]+"${plain[@]}"} "$@" <&0 &
  child=$!
  wait "$child" || status=$?
  child=''
  exit "$status"
}

start_engine() {
  local log=$state/dockerd.log tries=0
  export PATH=$prefix/usr/sbin:$prefix/usr/bin:$PATH
  export DOCKER_HOST=unix://$state/docker.sock
  # They would win over DOCKER_HOST, or speak to it wrongly.
  unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_TLS DOCKER_CERT_PATH DOCKER_API_VERSION BUILDX_BUILDER
  busybox ip link set lo up
  mount -t overlay -o "ro,lowerdir=$prefix/usr/libexec:/usr/libexec" overlay /usr/libexec 2>/dev/null || {
    # A kernel without overlay: the same by a bind mount, which needs a directory to be there.
    mkdir -p /usr/local/lib/docker/cli-plugins
    mount --bind "$prefix/usr/libexec/docker/cli-plugins" /usr/local/lib/docker/cli-plugins
  }
  # pdeathsig: when this script is killed with -9, the engine does not stay behind. The storage
  # driver is left to dockerd: overlay2 where it works, vfs where it does not.
  setpriv --pdeathsig TERM dockerd \
    --data-root "$state/data" --exec-root "$state/exec" --pidfile "$state/dockerd.pid" \
    -H "$DOCKER_HOST" --insecure-registry 127.0.0.0/8 >"$log" 2>&1 </dev/null &
  engine=$!
  disown "$engine" # or bash would announce it when a test kills the engine
  until within 5 docker version >/dev/null 2>&1; do
    if ((tries++ >= 150)) || ! kill -0 "$engine" 2>/dev/null; then
      tail -n 25 "$log" >&2
      die 'the engine did not start; above is the end of its log'
    fi
    sleep 0.2
  done
}

(($#)) || die 'usage: with-engine.sh COMMAND [ARG...]'

# Second half, inside the namespaces.
if [[ $1 = --inside ]]; then
  prefix=$2
  shift 2
  traps
  new_state
  start_engine
  export DOCKMEDIC_REAL=1 DOCKMEDIC_ENGINE_PID=$engine
  DOCKMEDIC_DOCKERD=$(command -v dockerd)
  DOCKMEDIC_REGISTRY=$(command -v docker-registry)
  export DOCKMEDIC_DOCKERD DOCKMEDIC_REGISTRY
  say "engine $(docker version --format '{{.Server.Version}}'), compose $(docker compose version --short), started for this run in $state"
  run "$@"
fi

# Inside of a run already: its engine is this one's too, and its end cleans up.
if [[ ${DOCKMEDIC_REAL-} = 1 && -d ${DOCKMEDIC_STATE-} ]] && engine_answers; then exec "$@"; fi
unset DOCKMEDIC_REAL DOCKMEDIC_STATE DOCKMEDIC_DOCKERD DOCKMEDIC_REGISTRY DOCKMEDIC_ENGINE_PID

if engine_answers; then
  if ! has docker-registry || ! has htpasswd || ! has busybox; then
    if debian_root; then
      bash "$here/install-engine.sh" tools
    else
      say 'docker-registry, htpasswd or busybox is missing: tests that need a registry or a stand-in image are left out'
    fi
  fi
  traps
  new_state
  found=1
  export DOCKMEDIC_REAL=1 DOCKMEDIC_ENGINE_PID=''
  DOCKMEDIC_DOCKERD=$(command -v dockerd || true)
  DOCKMEDIC_REGISTRY=''
  if has htpasswd; then DOCKMEDIC_REGISTRY=$(command -v docker-registry || true); fi
  # Tests with a DOCKER_CONFIG of their own lose the current context; a socket's address says it all.
  if [[ -z ${DOCKER_HOST-} && -z ${DOCKER_CONTEXT-} ]]; then
    address=$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null || true)
    [[ $address != unix://* && $address != npipe://* ]] || export DOCKER_HOST=$address
  fi
  export DOCKMEDIC_DOCKERD DOCKMEDIC_REGISTRY
  say "engine $(docker version --format '{{.Server.Version}}'), compose $(docker compose version --short), found running"
  run "$@"
fi

why=''
if ! debian_root; then
  why='one can only be installed on Debian as root'
elif ! unshare --net --mount true 2>/dev/null; then
  why='this root may not make namespaces (an unprivileged container?), so none can be started'
fi
if [[ -n $why ]]; then
  say "LEFT OUT: everything that needs a real Docker engine. No engine with docker compose answers here, and $why."
  exec "$@"
fi

prefix=$(bash "$here/install-engine.sh" engine)
exec unshare --net --mount -- bash "$here/${BASH_SOURCE[0]##*/}" --inside "$prefix" "$@"
