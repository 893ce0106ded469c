#!/usr/bin/env bash
# Builds the app into static files. `build.sh release` fills dist/, `build.sh dev` fills target/dev/.
# With a second argument `if-changed`, does nothing when no input changed since the last build.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

profile=${1:-release}
case $profile in
release) dist=dist flags=(--release) ;;
dev) dist=target/dev flags=(--dist target/dev) ;;
*) die "unknown profile $profile: release or dev" ;;
esac
stamp=target/build-$profile.stamp

now=$(fingerprint src style public index.html Trunk.toml Cargo.toml Cargo.lock package.json package-lock.json scripts)

if [ "${2:-}" = if-changed ] && [ -f "$dist/index.html" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then
    exit 0
fi

say "building the app ($profile)"
mkdir -p "$dist"
if [ "$profile" = release ]; then
    # The app comes in parts, of which a visitor first loads a few (src/roles/parts.rs).
    export HOOKWRIGHT_WASM_BINDGEN=$TOOLS/bin/wasm-bindgen HOOKWRIGHT_SPLIT_DIR=$ROOT/target/split
    PATH="$ROOT/scripts/split:$PATH"
    release_flags
fi
# Trunk is told to stay offline, so that it never fetches a tool by itself; crates therefore come first.
cargo fetch --quiet --locked --target wasm32-unknown-unknown
# Trunk reads NO_COLOR as true or false only; others set it to 1. Its own backtrace would bury the compiler's message.
env -u NO_COLOR RUST_BACKTRACE=0 trunk --log warn build --offline "${flags[@]}"
printf '%s\n' "$now" >"$stamp"
if [ "$profile" = release ]; then node scripts/sizes.mjs; fi
