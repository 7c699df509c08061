#!/bin/sh
# Compiles what changed since the last build; quick and silent when nothing did. Speaks on standard error only.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. scripts/env.sh
. scripts/lock.sh
log=.voorman-tools/build.log
built=node_modules/.built

# Contents, not times: a checkout or a copy may carry older times than the last build.
sources() {
  find apps libs test scripts/tools deploy/registry \( -name node_modules -o -name dist -o -name reports \) -prune -o \
    -type f \( -name '*.ts' -o -name 'package.json' -o -name 'tsconfig*.json' \) ! -name '*.spec.ts' -print0 |
    LC_ALL=C sort -z | xargs -0 cksum tsconfig.base.json nx.json node_modules/.ready | cksum
}
# Which projects are compiled, so that a removed dist folder is noticed.
outputs() { ls -d apps/*/dist/.tsbuildinfo libs/*/dist/.tsbuildinfo 2>/dev/null | cksum; }
is_built() { [ "$(cat $built 2>/dev/null)" = "$(sources) $(outputs)" ]; }

build() {
  ! is_built || return 0 # someone else did it while we waited
  echo 'Building…' >&2
  before=$(sources) # what is edited from here on is for the next build
  if ! FORCE_COLOR=0 nx run-many -t build --output-style=static >$log 2>&1; then
    { grep 'error TS' $log || tail -n 15 $log; } | head -n 20 >&2
    echo "The build failed; all of its output is in $root/$log." >&2
    return 70
  fi
  echo "$before $(outputs)" >"$built.$$"
  mv "$built.$$" $built
}

is_built || alone build 'Waiting for another build of this folder…' build
