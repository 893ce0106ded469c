#!/usr/bin/env bash
# Runs the suites named (native, language, web, e2e), all of them even if one fails, and ends with their sum.
# A suite that passed is not run again until a file of the project, a tool or a setting of the tests changes; FRESH=1 runs
# it all the same.
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

# Everything that a result may depend on.
state() {
    fingerprint .
    env | grep -E '^(HOOKWRIGHT_|E2E_)' | sort || true
    node --version
    for tool in chromium chromedriver; do if has $tool; then $tool --version; fi; done
}

results=target/test
mkdir -p "$results"
status=0
now=$(state)
for suite in "$@"; do
    if [ -z "${FRESH:-}" ] && [ "$(cat "$results/$suite.passed" 2>/dev/null)" = "$now" ]; then
        say "tests: $suite passed with exactly these files and tools; not run again (FRESH=1 runs it)"
        continue
    fi
    rm -f "$results/$suite".*
    say "tests: $suite"
    if ! "scripts/test-$suite.sh" 2>&1 | tee "$results/$suite.log"; then
        status=1
        : >"$results/$suite.failed"
    elif [ "$(state)" = "$now" ]; then
        printf '%s\n' "$now" >"$results/$suite.passed"
    fi
done
node scripts/totals.mjs "$results" "$@" || status=1
exit "$status"
