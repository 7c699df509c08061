#!/bin/sh
# Sees to the pinned toolchain, then runs a command with it in the clone's root: sh scripts/with.sh nx run-many -t test
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
sh "$root/scripts/setup.sh"
cd "$root"
. scripts/env.sh
exec "$@"
