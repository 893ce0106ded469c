#!/usr/bin/env bash
# Unit, integration and documentation tests, natively.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

# The same random cases each time; PROPTEST_RNG_SEED chooses others.
exec env INSTA_UPDATE=no PROPTEST_RNG_SEED="${PROPTEST_RNG_SEED:-1}" cargo test --locked --no-fail-fast
