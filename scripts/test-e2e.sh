#!/usr/bin/env bash
# The end-to-end tests, on the release build, which is made first if anything changed.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

scripts/build.sh release if-changed
exec playwright test --config tests/e2e
