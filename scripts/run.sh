#!/usr/bin/env bash
# Builds what changed and serves it on this machine only. `run.sh release` or `run.sh dev`.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

profile=${1:-release}
scripts/setup.sh
scripts/build.sh "$profile" if-changed
case $profile in
release) root=dist what="the release build" ;;
*) root=target/dev what="the debug build (slower, with names and checks)" ;;
esac
exec node scripts/serve.mjs --root "$root" --port "${PORT:-8080}" --what "$what"
