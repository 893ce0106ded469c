#!/usr/bin/env bash
# Unit, integration and documentation tests, natively.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

exec env INSTA_UPDATE=no cargo test --locked --no-fail-fast
