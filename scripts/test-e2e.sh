#!/usr/bin/env bash
# The end-to-end tests, on the release build, which is made first if anything changed.
# HOOKWRIGHT_E2E_DIST=target/dev tests the debug build instead.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

case ${HOOKWRIGHT_E2E_DIST:-dist} in
target/dev) scripts/build.sh dev if-changed ;;
*) scripts/build.sh release if-changed ;;
esac
exec playwright test --config tests/e2e
