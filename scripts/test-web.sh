#!/usr/bin/env bash
# The Wasm tests in headless Chromium.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

mkdir -p target/test
node scripts/chromium-flags.mjs webdriver >target/test/webdriver.json
export WASM_BINDGEN_TEST_WEBDRIVER_JSON="$ROOT/target/test/webdriver.json"
export WASM_BINDGEN_TEST_TIMEOUT=${WASM_BINDGEN_TEST_TIMEOUT:-240}
# The driver starts slowly where much else goes on.
export WASM_BINDGEN_TEST_DRIVER_TIMEOUT=${WASM_BINDGEN_TEST_DRIVER_TIMEOUT:-60}
export CHROMEDRIVER=${CHROMEDRIVER:-$(command -v chromedriver)}
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner
exec cargo test --locked --target wasm32-unknown-unknown --test web
