#!/usr/bin/env bash
# Installs Django, which the template language is compared with, into target/django. Quiet when it is there.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

django=target/django
version=5.2
"$django/bin/python" -c "import django; assert django.VERSION[:2] == tuple(map(int, '$version'.split('.')))" 2>/dev/null && exit 0

skip() {
    say "without Django the language is not compared with it: $1"
    exit 0
}
has python3 || skip "python3 is missing"
python3 -m pip --version >/dev/null 2>&1 || skip "Python has no pip. On Debian: apt-get install python3-pip python3-venv"
say "installing Django $version for the tests"
rm -rf "$django"
python3 -m venv "$django" || skip "Python cannot make a virtual environment. On Debian: apt-get install python3-venv"
"$django/bin/python" -m pip install --quiet --disable-pip-version-check "Django==$version.*" ||
    die "pip could not install Django $version. Is the network there?"
