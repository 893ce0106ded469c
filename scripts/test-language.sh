#!/usr/bin/env bash
# The template language against Django itself, and 80,000 arbitrary templates, or as many as HOOKWRIGHT_FUZZ_SECONDS allow.
# Optimised, since thousands of cases run; HOOKWRIGHT_CASES and HOOKWRIGHT_SEED choose others.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

scripts/setup-django.sh
exec cargo test --locked --no-fail-fast --profile language --test language
