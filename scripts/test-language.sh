#!/usr/bin/env bash
# The template language against Django, then arbitrary templates for HOOKWRIGHT_FUZZ_SECONDS (60). Takes long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

scripts/setup-django.sh
cargo test --locked --release --test language
export HOOKWRIGHT_FUZZ_SECONDS=${HOOKWRIGHT_FUZZ_SECONDS:-60}
exec cargo test --locked --release --test language -- --ignored
