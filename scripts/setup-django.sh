#!/usr/bin/env bash
# Installs Django, which the template language is compared with, into target/django. Quiet when it is there.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

django=target/django
version=5.2
"$django/bin/python" -c "import django; assert django.VERSION[:2] == tuple(map(int, '$version'.split('.')))" 2>/dev/null && exit 0

if ! has python3 || ! python3 -c "import ensurepip, venv" 2>/dev/null; then
    install_debian python3 python3-venv || die "without Python the language cannot be compared with Django"
fi
say "installing Django $version for the tests"
rm -rf "$django"
python3 -m venv "$django" || die "Python cannot make a virtual environment in $django"
"$django/bin/python" -m pip install --quiet --disable-pip-version-check "Django==$version.*" ||
    die "pip could not install Django $version. Is the network there?"
