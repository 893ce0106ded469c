#!/usr/bin/env bash
# A receiver on this machine to send to: HTTPS on port 8443 (PORT=…), with a certificate of its own, printing what arrives.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

has openssl || die "openssl is missing (it makes the certificate). On Debian: apt-get install openssl"
has node || die "node is missing (it runs the receiver). Install Node 20 or newer: https://nodejs.org"
port=${PORT:-8443}
folder=$TOOLS/receiver
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

# The authority lasts, so that it has to be trusted once; nobody but this folder has its key.
if ! openssl x509 -checkend 604800 -noout -in authority.pem >/dev/null 2>&1; then
    say "making a certificate authority for this machine"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 \
        -subj "/CN=Hookwright receiver on this machine" -addext "basicConstraints=critical,CA:TRUE" \
        -keyout authority.key -out authority.pem 2>/dev/null
    rm -f receiver.pem
fi
if ! openssl x509 -checkend 86400 -noout -in receiver.pem >/dev/null 2>&1; then
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >names
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=localhost" \
        -keyout receiver.key -out receiver.csr 2>/dev/null
    openssl x509 -req -in receiver.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 90 \
        -extfile names -out receiver.pem 2>/dev/null
fi

cat <<WORDS
Browsers do not know this certificate yet. Do one of these, once:
  - open https://localhost:$port/ in the browser and accept the certificate, or
  - Chrome and Edge on Linux: certutil -A -n hookwright-receiver -t C,, -i $folder/authority.pem -d sql:\$HOME/.pki/nssdb
  - Firefox: Settings, Certificates, Import: $folder/authority.pem
  - macOS: security add-trusted-cert -k ~/Library/Keychains/login.keychain-db $folder/authority.pem
Then set a webhook's destination to https://localhost:$port/ and send a test request. Ctrl+C ends it.

WORDS
exec node "$ROOT/examples/receivers/receiver.mjs" --key receiver.key --cert receiver.pem --port "$port" ${SIGNING_KEY:+--signing-key "$SIGNING_KEY"}
