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
