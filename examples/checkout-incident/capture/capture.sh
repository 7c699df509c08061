#!/bin/sh
# Runs the shop for real and captures the incident: nginx in front of checkout 1.8.2 under load, then a deploy of 1.9.0
# in the middle of it. Writes access.log, error.log, checkout.log and deploy.diff beside README.md, as they came.
# Needs: nginx 1.18 or newer, git, Node 24 or newer. About five minutes, loopback only.
#   sh examples/checkout-incident/capture/capture.sh [SECONDS_BEFORE] [SECONDS_AFTER]
set -eu
before=${1:-120}
after=${2:-180}
cd "$(dirname "$0")/.."
here=$PWD
for tool in nginx git node; do
  command -v "$tool" >/dev/null || { echo "capture.sh needs $tool: install it and start again." >&2; exit 1; }
done

work=$(mktemp -d)
chmod 755 "$work"
pids=
stop() { for pid in $pids; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT
trap 'exit 1' INT TERM

free_port() { node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }
web=$(free_port)
service=$(free_port)
provider=$(free_port)

# A bare connection leaves no line in any log, unlike a request.
await_port() { node -e 'const n=require("node:net");let left=100;const t=()=>n.connect(+process.argv[1],"127.0.0.1").on("connect",function(){this.destroy()}).on("error",()=>left--?setTimeout(t,100):process.exit(1));t()' "$1"; }

# The deploy as a commit: 1.9.0 on top of 1.8.2. The names are the machine's, so that nobody's are in the diff.
git init -q "$work/checkout"
commit() { cp "$here/service/$1/"* "$work/checkout/" && git -C "$work/checkout" add . && git -C "$work/checkout" -c user.name=deploy -c user.email=deploy@localhost -c commit.gpgsign=false commit -q -m "checkout $1"; }
commit 1.8.2
commit 1.9.0
git -C "$work/checkout" diff HEAD~1 HEAD > "$work/deploy.diff"

PORT=$provider node capture/payment-provider.mjs & pids="$pids $!"

mkdir "$work/nginx"
sed -e "s/@PORT@/$web/" -e "s/@UPSTREAM@/$service/" capture/nginx.conf > "$work/nginx/nginx.conf"
user=
[ "$(id -u)" != 0 ] || user='user root;'
nginx -p "$work/nginx" -c nginx.conf -e error.log -g "$user" & pids="$pids $!"

run_service() {
  PORT=$service DATABASE_FILE=$work/shop.db PAYMENTS_URL=http://127.0.0.1:$provider/ \
    node "service/$1/server.mjs" >> "$work/checkout.log" & running=$!
  pids="$pids $running"
}
run_service 1.8.2
await_port "$provider" && await_port "$web" && await_port "$service"

SECONDS=$((before + after)) BASE_URL=http://127.0.0.1:$web node capture/load.mjs & load=$!
pids="$pids $load"
sleep "$before" & wait $!
kill -TERM "$running"
wait "$running" || true
run_service 1.9.0
wait "$load"
cp "$work/nginx/access.log" "$work/nginx/error.log" "$work/checkout.log" "$work/deploy.diff" "$here/"
wc -c access.log error.log checkout.log deploy.diff
