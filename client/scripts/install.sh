#!/usr/bin/env bash
# Installs what the client needs, once per lock file. Exit 1 where there is no Node 20: with `must` that is an error,
# otherwise it is said loudly and left to the caller.
set -eu
cd "$(dirname "$0")/.."
if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null; then
  cat >&2 <<'SAY'
##############################################################################
#  THE CLIENT CANNOT BE BUILT OR CHECKED: Node 20 or newer is missing.
#  Only client/ needs it; the product itself runs without. On Debian:
#      apt-get install nodejs npm          (or https://nodejs.org)
##############################################################################
SAY
  exit 1
fi
if ! cmp -s package-lock.json node_modules/.yixiang-lock; then
  echo "Installing what the client needs into client/node_modules …"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.yixiang-lock
fi
