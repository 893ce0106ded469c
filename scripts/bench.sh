#!/usr/bin/env bash
# Measures one suite, or all: `bench.sh [template|canvas|editor|delivery|log]`. Results: target/bench/<suite>.json.
# `bench.sh template --write-readme` also puts the measured table into the README.
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
exit "$status"
