#!/usr/bin/env bash
# Makes sure that the browser tests have Debian's Chromium and Chinese fonts. Where they cannot be had, it says so
# loudly and the tests that need them are left out; in CI that is a failure.
set -u
have() { command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi 'noto.*cjk'; }
have && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing chromium and fonts-noto-cjk for the browser tests …"
  apt-get update -qq >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium-headless-shell >/dev/null 2>&1 || true  # quicker, not needed
fi
have && exit 0
cat >&2 <<'SAY'
##############################################################################
#  THE BROWSER TESTS CANNOT RUN: chromium with fonts-noto-cjk is missing and
#  cannot be installed here. As root on Debian:
#      apt-get install chromium fonts-noto-cjk
##############################################################################
SAY
[ "${CI:-}" = true ] && exit 1
exit 0
