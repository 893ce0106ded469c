#!/usr/bin/env bash
# Installs what only the tests need: Chromium, its driver, certutil and openssl. Quiet when all is there.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

missing=()
has chromium || missing+=(chromium)
has chromedriver || missing+=(chromium-driver)
has certutil || missing+=(libnss3-tools)
has openssl || missing+=(openssl)
[ "${#missing[@]}" -gt 0 ] || exit 0

by_hand="The tests need these Debian packages: ${missing[*]}. Install them with: apt-get install ${missing[*]}"
has apt-get || die "$by_hand (or your system's packages of Chromium, ChromeDriver, NSS certutil and OpenSSL)"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    # Without a terminal nobody could type a password: then sudo must not ask.
    if has sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as_root=(sudo); else die "$by_hand"; fi
fi
say "installing Debian packages for the tests: ${missing[*]}"
"${as_root[@]}" apt-get update -qq || die "apt-get update failed. $by_hand"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null ||
    die "apt-get install failed. $by_hand"
