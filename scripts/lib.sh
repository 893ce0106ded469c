# Shared by the scripts of this folder: where things are, and how to speak. Sourced, never run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS=${HOOKWRIGHT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/hookwright}
export PATH="$TOOLS/bin:$ROOT/node_modules/.bin:$PATH"
# Where rustup's component rust-src puts what a release builds its standard library from.
RUST_SOURCES=$(rustc --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library/Cargo.lock
# Tools newer than ours are no business of a build.
export TRUNK_SKIP_VERSION_CHECK=true

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Exports what the app's releases are compiled with: to be taken apart, and with the standard library built for size,
# without the words of panics, a fifth less to download. A panic still ends in boot.js's page. The flags are cargo's and
# rustc's unstable ones, which RUSTC_BOOTSTRAP opens on stable.
release_flags() {
    local flags='-Clink-arg=--emit-relocs --cfg hookwright_split --cfg erase_components'
    if [ -f "$RUST_SOURCES" ]; then
        export RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std,panic_abort
        export CARGO_UNSTABLE_BUILD_STD_FEATURES=optimize_for_size
        flags+=' -Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none -Zlocation-detail=none'
    else
        say "rust-src is missing (rustup component add rust-src): the app will be a fifth larger"
    fi
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=$flags
}

# One line that changes with the files in these places, new ones included, and with the compiler.
fingerprint() {
    {
        if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
            git ls-files -z --cached --others --exclude-standard -- "$@"
        else
            find "$@" -type f -print0
        fi | sort -zu | while IFS= read -r -d '' file; do
            if [ -f "$file" ]; then printf '%s\0' "$file"; fi
        done | xargs -0 sha256sum
        rustc --version
    } | sha256sum
}

has() { command -v "$1" >/dev/null 2>&1; }

# Installs Debian packages as root, or says how to do it by hand and fails.
install_debian() {
    local by_hand="The tests need these Debian packages: $*. Install them with: apt-get install $*" as_root=()
    if ! has apt-get; then
        say "$by_hand (or your system's packages of the same)"
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        # Without a terminal nobody could type a password: then sudo must not ask.
        if has sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
            as_root=(sudo)
        else
            say "$by_hand"
            return 1
        fi
    fi
    say "installing Debian packages for the tests: $*"
    if ! "${as_root[@]}" apt-get update -qq ||
        ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null; then
        say "apt-get failed. $by_hand"
        return 1
    fi
}
