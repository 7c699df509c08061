#!/bin/sh
# Runs the specs of the project in the current folder and leaves its report where scripts/tally.ts finds it.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
exec vitest run --config "$root/vitest.config.ts" --root . \
  --reporter=default --reporter=json --outputFile.json=reports/vitest.json "$@"
