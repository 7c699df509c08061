#!/bin/sh
# Writes docs/protocol, docs/errors.md and docs/policy-input.md from schemas and sources; with --check it only says what has drifted.
set -eu
cd "$(dirname "$0")/../../.."
if ! said=$(FORCE_COLOR=0 nx run-many -t build -p @voorman/registry @voorman/policy --output-style=static 2>&1); then
  printf '%s\n' "$said" >&2
  exit 70
fi
exec node libs/registry/scripts/generate.ts "$@"
