#!/bin/sh
# Writes docs/protocol and docs/errors.md from schemas and sources; with --check it only says what has drifted.
set -eu
cd "$(dirname "$0")/../../.."
if ! said=$(FORCE_COLOR=0 nx run @voorman/registry:build --output-style=static 2>&1); then
  printf '%s\n' "$said" >&2
  exit 70
fi
exec node libs/registry/scripts/generate.ts "$@"
