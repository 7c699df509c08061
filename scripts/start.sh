#!/bin/sh
# What `npm start` does: sees to packages, tools and a build, then starts the stack and runs the example goal.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
sh "$root/scripts/setup.sh"
. "$root/scripts/env.sh"
node "$root/scripts/tools/src/main.ts"
sh "$root/scripts/build.sh"
exec node "$root/apps/cli/dist/main.js" start "$@"
