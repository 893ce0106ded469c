#!/usr/bin/env bash
# Prettier over everything that is not Rust: `format.sh --check` or `format.sh --write`, which formats Rust as well.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

mode=${1:---check}
if [ "$mode" = --write ]; then cargo fmt; fi
exec prettier "$mode" --log-level warn --no-error-on-unmatched-pattern index.html '*.json' '.*.json' 'benches/must.json' 'benches/**/*.mjs' \
    'style/**/*.css' 'public/**/*.js' 'scripts/**/*.{mjs,json}' 'tests/e2e/**/*.{ts,js,mjs}'
