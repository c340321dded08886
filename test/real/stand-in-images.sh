#!/usr/bin/env bash
# Makes stand-in images, for machines where nothing can be pulled:
#
#   test/real/stand-in-images.sh alpine:3.22 node:22-alpine
#
# THESE ARE NOT THE REAL IMAGES. Each has the real image's name and Debian's static busybox, and
# nothing else: no apk, no apt, no node, no nginx, whatever the name says. They are good for what a
# Dockerfile and a Compose file do around the program (FROM, COPY, RUN, health checks, ports,
# users), not for anything about the program. What was tried with them was not tried with Alpine.
#
# They carry the label dockmedic.stand-in, by which with-engine.sh removes them from an engine that
# is not its own. An image of that name without the label is someone's real one: it is left alone.
set -euo pipefail

say() { printf 'stand-in-images: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

(($#)) || die 'usage: stand-in-images.sh NAME:TAG...'
busybox=$(command -v busybox) || die 'needs busybox (Debian: busybox-static)'
# The dynamic busybox is a file without its libraries in an empty image.
! ldd "$busybox" >/dev/null 2>&1 || die "$busybox is not static (Debian: install busybox-static)"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
root=$dir/root
mkdir -p "$root"/{bin,sbin,dev,etc,home/node,proc,root,run,sys,tmp,usr/bin,usr/sbin,var/log,var/tmp}
chmod 1777 "$root/tmp" "$root/var/tmp"
cp "$busybox" "$root/bin/busybox"
# usr/bin/env and the like, at the places where scripts name them: sh, nc, wget, httpd, sleep, true…
for applet in $("$busybox" --list-full); do
  [[ -e $root/$applet || ! -d $root/${applet%/*} ]] || ln -s /bin/busybox "$root/$applet"
done
cat >"$root/etc/passwd" <<'END'
root:x:0:0:root:/root:/bin/sh
node:x:1000:1000:node:/home/node:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
END
cat >"$root/etc/group" <<'END'
root:x:0:
node:x:1000:
nobody:x:65534:
END
echo 3.19.0 >"$root/etc/alpine-release"
tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner -cf "$dir/root.tar" .

for image in "$@"; do
  if label=$(docker image inspect --format '{{index .Config.Labels "dockmedic.stand-in"}}' "$image" 2>/dev/null); then
    [[ -n $label ]] || say "$image is there already and no stand-in: left as it is"
    continue
  fi
  docker import --change 'LABEL dockmedic.stand-in=busybox' --change 'CMD ["/bin/sh"]' \
    --message 'stand-in: busybox only' "$dir/root.tar" "$image" >/dev/null
done
