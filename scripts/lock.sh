# Sourced, with the clone's root as the working folder.

# alone NAME MESSAGE COMMAND…: runs the command (a function) while no other process of this clone runs one under NAME;
# says MESSAGE if it has to wait. What the command exits with, alone returns.
alone() (
  lock=.voorman-tools/$1.lock message=$2
  shift 2
  mkdir -p .voorman-tools
  if command -v flock >/dev/null; then
    # The kernel frees it when the last process that works under it is gone: a killed script whose pnpm still writes
    # keeps the next one waiting, as it must.
    exec 9>"$lock"
    flock -n 9 || { printf '%s\n' "$message" >&2; flock 9; }
  else
    take_folder "$lock.d" "$message"
    trap 'rm -rf "$lock.d"' EXIT
    trap 'exit 130' INT TERM HUP
  fi
  "$@"
)

# Where there is no flock (macOS): a folder can be made by one process only. It is taken over when its maker is dead.
take_folder() {
  waited=0
  while ! mkdir "$1" 2>/dev/null; do
    [ "$waited" -ne 2 ] || printf '%s\n' "$2" >&2
    maker=$(cat "$1/pid" 2>/dev/null || echo unsigned)
    case $maker in
      unsigned) [ "$waited" -lt 10 ] || rm -rf "$1" ;; # died between making and signing
      *) kill -0 "$maker" 2>/dev/null || rm -rf "$1" ;;
    esac
    waited=$((waited + 1))
    sleep 1
  done
  echo $$ >"$1/pid"
}
