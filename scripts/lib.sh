# Shared by the scripts of this folder: where things are, and how to speak. Sourced, never run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS=${HOOKWRIGHT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/hookwright}
export PATH="$TOOLS/bin:$ROOT/node_modules/.bin:$PATH"
# Tools newer than ours are no business of a build.
export TRUNK_SKIP_VERSION_CHECK=true

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }
