#!/usr/bin/env bash
# Plays faults for long, and prints one table of what was injected and what became of the deliveries: natively with new seeds
# for SECONDS_EACH (600), then in Chromium on the release build, TIMES (10) as long as in `make test`.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

folder=target/soak
mkdir -p "$folder"
status=0
HOOKWRIGHT_SOAK=${SECONDS_EACH:-600} cargo test --locked --release --test it faults -- --nocapture 2>&1 |
    tee "$folder/native.log" || status=1
scripts/setup-tests.sh
[ -n "${HOOKWRIGHT_E2E_DIST:-}" ] || scripts/build.sh release if-changed
HOOKWRIGHT_KILLS=${KILLS:-200} HOOKWRIGHT_SOAK_TIMES=${TIMES:-10} playwright test --config tests/e2e --reporter=list \
    --output "$folder/results" faults 2>&1 | tee "$folder/browser.log" || status=1
node scripts/soak-table.mjs "$folder" | tee "$folder/table.md"
exit "$status"
