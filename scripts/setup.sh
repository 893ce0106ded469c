#!/usr/bin/env bash
# Makes this machine able to build: the wasm target, the npm packages, trunk, wasm-bindgen
# and the splitter. Quiet when all is there.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

needs() { # program, what it is for, how to get it
    has "$1" || die "$1 is missing ($2). $3"
}
needs cargo "builds the app" "Install Rust 1.95 or newer with rustup: https://rustup.rs"
needs cc "links build scripts" "On Debian: apt-get install gcc libc6-dev"
needs node "runs wasm-opt, the server and the tests" "Install Node 20 or newer: https://nodejs.org"
needs npm "installs wasm-opt and the test tools" "It comes with Node; on Debian: apt-get install npm"

node_major=$(node -p 'process.versions.node.split(".")[0]')
[ "$node_major" -ge 20 ] || die "Node $(node --version) is too old. Install Node 20 or newer: https://nodejs.org"

rust_version=$(rustc --version | cut -d' ' -f2)
oldest=$(printf '1.95.0\n%s\n' "$rust_version" | sort -V | head -n1)
[ "$oldest" = 1.95.0 ] || die "Rust $rust_version is too old. Get 1.95 or newer: rustup update stable"

if [ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ]; then
    has rustup || die "the Rust target wasm32-unknown-unknown is missing, and rustup, which adds it, is too. See https://rustup.rs"
    say "adding the Rust target wasm32-unknown-unknown"
    rustup target add wasm32-unknown-unknown
fi

if [ ! -f "$RUST_SOURCES" ] && has rustup; then
    say "adding rust-src, which releases are built smaller with"
    rustup component add rust-src || say "rust-src could not be added: releases will be a fifth larger"
fi

if ! cmp -s package-lock.json node_modules/.hookwright-lock; then
    say "installing the npm packages"
    # No package's own install script runs: all that is needed comes as plain files.
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.hookwright-lock
fi

scripts/cargo-tools.sh
