#!/usr/bin/env bash
# What `make test` does with the client: lint, types, unit tests, both builds and their sizes.
# Where there is no Node it is left out, loudly; in CI that is a failure.
set -eu
cd "$(dirname "$0")/.."
if ! bash scripts/install.sh; then
  [ "${CI:-}" = true ] && exit 1
  echo "THE CLIENT WAS NOT CHECKED." >&2
  exit 0
fi
(cd .. && LOG_LEVEL=ERROR flask --app wsgi docs openapi) | npm run -s api -- --check
# Two at a time, as the machine of CI has two cores; the first fault of either ends it.
npm run -s types & types=$!
npm run -s lint
wait "$types"
{ npm run -s unit && bash scripts/build.sh weapp; } & weapp=$!
bash scripts/build.sh h5
wait "$weapp"
npm run -s size
