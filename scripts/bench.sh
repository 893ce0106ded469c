#!/usr/bin/env bash
# Measures one suite, or all: `bench.sh [template|canvas|editor|delivery|log]`. Results: target/bench/<suite>.json.
# A report of all suites that were measured is target/bench/report.md and report.json.
# With --write-readme behind the suite, the tables go into the README.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

suites=(template canvas editor delivery log)
if [ $# -gt 0 ]; then
    case " ${suites[*]} " in
    *" $1 "*) suites=("$1") ;;
    *) die "unknown suite $1: one of ${suites[*]}" ;;
    esac
    shift
fi

status=0
for suite in "${suites[@]}"; do
    # A suite with a page is a Node script, which runs the Rust part of the same name itself.
    if [ -f "benches/$suite.mjs" ]; then
        scripts/setup.sh
        scripts/setup-tests.sh
        node "benches/$suite.mjs" "$@" || status=1
    elif [ -f "benches/$suite.rs" ]; then
        cargo bench --quiet --locked --bench "$suite" || status=1
    else
        echo "suite $suite: does not exist yet"
    fi
done
# One report of what was measured, of all suites; with --write-readme it goes into the README, too.
report=()
case " $* " in *" --write-readme "*) report=(--write-readme) ;; esac
node benches/report.mjs "${report[@]}" || status=1
exit "$status"
