#!/usr/bin/env bash
# Format and lints. Stops at the first that complains.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

for component in fmt clippy; do
    cargo "$component" --version >/dev/null 2>&1 || {
        name=${component/fmt/rustfmt}
        has rustup || die "$name is missing, and rustup, which adds it, is too. See https://rustup.rs"
        say "adding $name"
        rustup component add "$name"
    }
done

say "format"
cargo fmt --check
scripts/format.sh --check
say "stylesheets"
stylelint 'style/**/*.css'
say "clippy, native"
cargo clippy --locked --all-targets -- -D warnings
say "clippy, Wasm"
# Benches measure native speed and use what only exists natively.
cargo clippy --locked --target wasm32-unknown-unknown --lib --bins --test web -- -D warnings
