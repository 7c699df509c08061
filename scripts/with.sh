#!/bin/sh
# Installs the pinned toolchain when the lock file changed, then runs a command with it.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
stamp=node_modules/.ready
want=$(cksum pnpm-lock.yaml)
if [ "$(cat $stamp 2>/dev/null)" != "$want" ]; then
  npx -y pnpm@12.21.0 install --frozen-lockfile
  printf '%s' "$want" > $stamp
fi
export NX_DAEMON=false
PATH="$root/node_modules/.bin:$PATH" exec "$@"
