#!/usr/bin/env bash
# Runs the suites named (native, language, web, e2e), all of them even if one fails, and ends with their sum.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

for suite in "$@"; do
    case $suite in
    native | language) has cargo || die "cargo is missing. Install Rust 1.95 or newer with rustup: https://rustup.rs" ;;
    web | e2e) needs_browser=yes ;;
    *) die "unknown suite $suite: native, language, web or e2e" ;;
    esac
done
if [ "${needs_browser:-no}" = yes ]; then
    scripts/setup.sh
    scripts/setup-tests.sh
fi

results=target/test
mkdir -p "$results"
status=0
for suite in "$@"; do
    rm -f "$results/$suite".*
    say "tests: $suite"
    if ! "scripts/test-$suite.sh" 2>&1 | tee "$results/$suite.log"; then
        status=1
        : >"$results/$suite.failed"
    fi
done
node scripts/totals.mjs "$results" "$@" || status=1
exit "$status"
