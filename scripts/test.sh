#!/bin/sh
# Runs every project's tests, then prints the sum as the last line.
code=0
nx run-many -t test --parallel=2 --output-style=static "$@" || code=$?
node scripts/tally.ts || code=1
exit $code
