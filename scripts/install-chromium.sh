#!/bin/sh
# Installs Chromium for the browser tests where there is none and Debian's packages can be had. Never fails: without a
# browser these tests are skipped. CHROMIUM names another one than /usr/bin/chromium.
set -u
if [ -x "${CHROMIUM:-/usr/bin/chromium}" ]; then exit 0; fi

if [ -z "${CHROMIUM:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null && exit 0
fi
echo "install-chromium: no Chromium at ${CHROMIUM:-/usr/bin/chromium}; the browser tests are skipped" >&2
