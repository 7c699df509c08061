#!/bin/sh
# Runs every project's tests, then prints the sum as the last line; exits 0 only if all of them ran and passed.
# With arguments it runs what they choose: npm test -- --projects=@voorman/log
# VOORMAN_SEED chooses the generated examples of property tests: see property-seed.ts.
set -u
node scripts/tools/src/main.ts || exit $?
[ "${VOORMAN_SEED:-}" = random ] && export NX_SKIP_NX_CACHE=true
code=0
run() { nx run-many -t test --output-style=static "$@" || code=1; }

# A report is believed only if this run left it: nx puts those of cached results back.
rm -rf apps/*/reports libs/*/reports test/*/reports scripts/tools/reports deploy/registry/tools/*/reports
if [ $# -gt 0 ]; then
  run --parallel=1 "$@"
  node scripts/tally.ts --chosen $code || code=1
else
  run --parallel=2 --exclude='test/*'
  # What spans services starts whole stacks of compiled programs and loads both cores: one after another.
  sh scripts/build.sh || code=1
  run --parallel=1 --projects='test/*'
  node scripts/tally.ts $code || code=1
fi
exit $code
