# Sourced, with $root set: the pinned Node and the tools of the workspace come first, and nothing is left outside the clone.
PATH="$root/node_modules/.bin:$PATH"
NX_DAEMON=false
NX_ISOLATE_PLUGINS=false
NX_SKIP_NATIVE_FILE_CACHE=true
NX_TUI=false
NODE_COMPILE_CACHE="$root/node_modules/.cache/node"
export PATH NX_DAEMON NX_ISOLATE_PLUGINS NX_SKIP_NATIVE_FILE_CACHE NX_TUI NODE_COMPILE_CACHE
