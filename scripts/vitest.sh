#!/bin/sh
# Runs the specs of one project and leaves its report where scripts/tally.ts finds it.
# From the clone's root `sh scripts/vitest.sh libs/log [FILTER…]`; inside a project's folder `sh …/vitest.sh [FILTER…]`.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
if [ "$PWD" = "$root" ] && [ -f "${1:-}/package.json" ]; then
  cd "$1"
  shift
fi
exec vitest run --config "$root/vitest.config.ts" --root . \
  --reporter=default --reporter=json --outputFile.json=reports/vitest.json "$@"
