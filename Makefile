# Hookwright: everything a person or a machine does with this project. `make` alone lists it.

PORT ?= 8080
export PORT SIZES

.DEFAULT_GOAL := help
.PHONY: help setup build run dev test test-native test-language test-web test-e2e soak site audit check format bench receiver clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## install what building needs: wasm target, npm packages, trunk, wasm-bindgen
	@scripts/setup.sh

build: setup ## build the release into dist/ and print its sizes
	@scripts/build.sh release

run: ## serve the release build at http://127.0.0.1:8080 (PORT=…), built first if anything changed
	@scripts/run.sh release

dev: ## the same with a debug build: built faster, runs slower
	@scripts/run.sh dev

test: ## all tests: native, the language against Django, in Chromium, end to end; totals at the end
	@scripts/test.sh native language web e2e

test-native: ## only the native tests
	@scripts/test.sh native

test-language: ## only the template language: against Django itself, and against anything at all
	@scripts/test.sh language

test-web: ## only the Wasm tests in Chromium
	@scripts/test.sh web

test-e2e: ## only the end-to-end tests, on the release build
	@scripts/test.sh e2e

soak: ## play faults for long, natively (SECONDS_EACH=…) and in Chromium (TIMES=…), and print a table of figures
	@scripts/soak.sh

site: build ## look whether dist/ works as GitHub Pages, Netlify, Cloudflare Pages and a bare file server serve it
	@node scripts/site.mjs

audit: build ## Lighthouse over dist/, on desktop and mobile settings
	@node scripts/audit.mjs

check: setup ## format and lints, native and Wasm, Rust, CSS and JavaScript
	@scripts/check.sh

format: setup ## format everything that `check` looks at
	@scripts/format.sh --write

bench: ## measure all suites, or one: make bench SUITE=template; SUITE=canvas also takes SIZES=100,500
	@scripts/bench.sh $(SUITE)

receiver: ## a receiver to send to: https://localhost:8443 (PORT=…, SIGNING_KEY=…), printing what arrives
	@PORT=$(if $(filter 8080,$(PORT)),8443,$(PORT)) scripts/receiver.sh

clean: ## remove what was built here (the tools' cache stays)
	@rm -rf target dist test-results playwright-report
