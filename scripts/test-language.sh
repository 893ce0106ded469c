#!/usr/bin/env bash
# The template language against Django itself, and arbitrary templates for HOOKWRIGHT_FUZZ_SECONDS (60).
# Optimised, since thousands of cases run; HOOKWRIGHT_CASES and HOOKWRIGHT_SEED choose others.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

scripts/setup-django.sh
exec cargo test --locked --no-fail-fast --profile language --test language
