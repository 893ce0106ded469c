#!/usr/bin/env bash
# Installs what only the browser tests need: Chromium, its driver, certutil and openssl. Quiet when all is there.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

missing=()
has chromium || missing+=(chromium)
has chromedriver || missing+=(chromium-driver)
has certutil || missing+=(libnss3-tools)
has openssl || missing+=(openssl)
[ "${#missing[@]}" -eq 0 ] || install_debian "${missing[@]}" || die "the browser tests cannot run"
