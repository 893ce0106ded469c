#!/usr/bin/env bash
# Unit, integration and documentation tests, natively; then a minute of arbitrary templates (HOOKWRIGHT_FUZZ_SECONDS).
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

scripts/setup-django.sh
env INSTA_UPDATE=no cargo test --locked --no-fail-fast
export HOOKWRIGHT_FUZZ_SECONDS=${HOOKWRIGHT_FUZZ_SECONDS:-60}
exec cargo test --locked --test language -- --ignored
