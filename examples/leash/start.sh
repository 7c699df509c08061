#!/bin/sh
# Installs and builds what is missing, then starts this example: sh examples/leash/start.sh
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
sh "$root/scripts/setup.sh"
sh "$root/scripts/build.sh"
. "$root/scripts/env.sh"
exec node "$root/examples/leash/start.mjs" "$@"
