#!/bin/sh
# Installs the pinned toolchain and packages when they are missing or the lock file changed; silent and quick otherwise.
# Needs Node 20 or newer and npm; repairs what an interrupted install left, and waits for one that is under way.
# Speaks on standard error only, so that a command which prints JSON stays clean.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
pnpm_version=12.21.0
cache=.voorman-tools
log=$cache/setup.log
ready=node_modules/.ready
pnpm=$cache/pnpm-$pnpm_version-$(uname -sm | tr ' ' -)

# What node_modules was installed for.
wanted() { printf '%s %s' "$(cat pnpm-lock.yaml pnpm-workspace.yaml | cksum)" "$(uname -sm)"; }
is_ready() { [ "$(cat $ready 2>/dev/null)" = "$(wanted)" ] && [ -x node_modules/.bin/nx ]; }
# A developer ran `pnpm install` since: pnpm's own note of what it installed is the lock file itself.
is_installed_by_hand() {
  [ -e $ready ] && [ ! -e $cache/installing ] && cmp -s pnpm-lock.yaml node_modules/.pnpm/lock.yaml
}
! is_ready || exit 0

say() { printf '%s\n' "$*" >&2; }
give_up() { say "$*"; exit 69; }

check_folder() {
  mkdir -p $cache 2>/dev/null && [ -w . ] && [ -w $cache ] ||
    give_up "$(id -un) cannot write to $root: set Voorman up as the user that owns it, or in a clone of your own."
}

check_node() {
  version=$(node --version 2>/dev/null) || give_up 'Voorman needs Node.js 20 or newer with npm: install it and run this again.'
  major=${version#v}
  [ "${major%%.*}" -ge 20 ] || give_up "Voorman needs Node.js 20 or newer and found $version: install a newer one and run this again."
  command -v npm >/dev/null || give_up 'Voorman needs npm, which comes with Node.js: install it and run this again.'
}

# pnpm gets its folder's name when it is whole. (npx would go on using a half that an interrupt left.)
fetch_pnpm() {
  [ ! -x "$pnpm/node_modules/.bin/pnpm" ] || return 0
  rm -rf $cache/making-pnpm-* "$pnpm"
  mkdir -p "$cache/making-pnpm-$$"
  npm install --prefix "$cache/making-pnpm-$$" --no-save --no-audit --no-fund --no-package-lock --loglevel=error \
    --ignore-scripts=false "pnpm@$pnpm_version" >>$log 2>&1 && mv "$cache/making-pnpm-$$" "$pnpm"
}

# CI=true: pnpm asks nothing, and replaces what is half there. Without a network it gives up in a minute, not in ten.
install_packages() {
  CI=true "$pnpm/node_modules/.bin/pnpm" install --frozen-lockfile --reporter=append-only \
    --config.fetch-retries=2 --config.fetch-retry-mintimeout=1000 --config.fetch-retry-maxtimeout=5000 >>$log 2>&1
}

set_up() {
  ! is_ready || return 0 # someone else did it while we waited
  if is_installed_by_hand; then mark_ready; return 0; fi
  check_node
  if [ -e $ready ]; then say 'Setting up: the packages changed, installing…'
  else say 'Setting up: installing packages (the first time takes about a minute)…'; fi
  : >$log
  fetch_pnpm || give_up "Could not fetch pnpm with npm: check the network and run this again ($(reason))."
  # What a killed install left may be beyond repair; anything else is never thrown away.
  killed=$([ ! -e $cache/installing ] || echo yes)
  : >$cache/installing
  install_packages || { [ -n "$killed" ] && rm -rf node_modules && install_packages; } || {
    rm -f $cache/installing
    case $(reason) in
      *NO_IMPORTER* | *OUTDATED_LOCKFILE*) cure='run pnpm install, which brings pnpm-lock.yaml up to date' ;;
      *) cure='check the network and run this again' ;;
    esac
    give_up "Could not install the packages: $cure ($(reason))."
  }
  rm -f $cache/installing
  node_modules/.bin/node --version >/dev/null 2>&1 || check_own_node
  mark_ready
}

mark_ready() {
  wanted >"$ready.$$"
  mv "$ready.$$" $ready
}

reason() {
  line=$(grep -o -E 'npm error code [A-Z_]+|ERR_PNPM_[^│]*' $log | head -n 1 | cut -c 1-200)
  printf '%s; all of it is in %s' "${line:-no reason given}" "$root/$log"
}

# No pinned Node for this kind of machine: the one that is installed must do.
check_own_node() {
  rm -f node_modules/.bin/node
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 24 ] ||
    give_up "No Node.js is packaged for $(uname -sm): install Node.js 24 or newer and run this again."
}

. scripts/lock.sh
check_folder
alone setup 'Waiting for another set-up of this folder…' set_up
