#!/usr/bin/env bash
# What `make test` does with the client: lint, types, unit tests, both builds, their sizes, and the screens of the mini-program.
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
screens() {
  # WeChat's template compiler is a program for x86-64.
  if [ "$(uname -m)" = x86_64 ] || [ "${CI:-}" = true ]; then npm run -s screens
  else echo "THE MINI-PROGRAM'S SCREENS WERE NOT TESTED: WeChat's compiler runs on x86-64 alone." >&2; fi
}
{ npm run -s unit && bash scripts/build.sh weapp && screens; } & weapp=$!
bash scripts/build.sh h5
wait "$weapp"
npm run -s size
