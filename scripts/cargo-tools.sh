#!/usr/bin/env bash
# Builds trunk, wasm-bindgen and the splitter once, into a cache outside the project, at the versions this project needs.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

TRUNK_VERSION=0.21.14
WASM_SPLIT_VERSION=0.2.4
# The tool must equal the crate, so the lock file is the one place that says which.
WASM_BINDGEN_VERSION=$(grep -A1 -x 'name = "wasm-bindgen"' "$ROOT/Cargo.lock" | sed -n 's/^version = "\(.*\)"$/\1/p')

# A tool built for speed takes twice as long to build as it saves.
export CARGO_PROFILE_RELEASE_OPT_LEVEL=1
export CARGO_PROFILE_RELEASE_LTO=off
export CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
export CARGO_PROFILE_RELEASE_DEBUG=0

is_installed() { # program, crate, version
    [ -x "$TOOLS/bin/$1" ] && grep -qsF "\"$2 $3 (" "$TOOLS/.crates.toml"
}

install() { # program, crate, version, further arguments of cargo install
    local program=$1 crate=$2 version=$3
    shift 3
    say "building $crate $version (once, some minutes)"
    # One target folder for all tools: they share many crates.
    CARGO_TARGET_DIR="$TOOLS/target" cargo install --quiet --root "$TOOLS" --force "$crate" --version "=$version" "$@"
    is_installed "$program" "$crate" "$version" || die "$crate $version was built, but $TOOLS/bin/$program is not there"
    built=yes
}

built=no
mkdir -p "$TOOLS/bin"
# Two calls at once would build the same thing twice: the second waits, then finds it.
if has flock; then
    exec 9>"$TOOLS/lock"
    flock 9
fi
is_installed trunk trunk "$TRUNK_VERSION" ||
    install trunk trunk "$TRUNK_VERSION" --locked --no-default-features --features rustls
# Not locked: its lock file names a crate version that a registry may not serve yet.
is_installed wasm-bindgen wasm-bindgen-cli "$WASM_BINDGEN_VERSION" ||
    install wasm-bindgen wasm-bindgen-cli "$WASM_BINDGEN_VERSION"
# Takes the linked app apart at the functions of src/roles/parts.rs; it reads what wasm_split_helpers of this version wrote.
is_installed wasm-split-cli wasm_split_cli_support "$WASM_SPLIT_VERSION" ||
    install wasm-split-cli wasm_split_cli_support "$WASM_SPLIT_VERSION" --locked --features build-binary
if [ "$built" = yes ]; then rm -rf "$TOOLS/target"; fi
