#!/usr/bin/env bash
# build.sh h5|weapp: install where needed, then build into client/dist.
set -eu
cd "$(dirname "$0")/.."
bash scripts/install.sh must
log=$(mktemp)
trap 'rm -f "$log"' EXIT
npm run -s "build:$1" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
[ "$1" = weapp ] || echo "Built client/dist/h5: \`make run\` shows it beside the chat on the sandbox's phone."
