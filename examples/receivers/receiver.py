"""A webhook receiver to start from, in Python's standard library: answers the browser's preflight, checks the
signature, does the work once for each id, and prints what arrives.

    python3 receiver.py --key key.pem --cert cert.pem [--port 8443] [--signing-key whsec_...]

Without --key and --cert it speaks plain HTTP, which Hookwright sends test requests to, and Klaviyo nothing.
It listens on this machine only.
"""

import argparse
import base64
import hashlib
import hmac
import json
import ssl
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# How far a signed time may be off. https://github.com/standard-webhooks/standard-webhooks
TOLERANCE_SECS = 5 * 60
MAX_BODY_BYTES = 1024 * 1024

parser = argparse.ArgumentParser(description="Receives webhooks on this machine and prints them.")
parser.add_argument("--key")
parser.add_argument("--cert")
parser.add_argument("--port", type=int, default=8443)
parser.add_argument("--signing-key")
options = parser.parse_args()
seen = set()


def signature_problem(headers, body, signing_key):
    """What is wrong with a request's signature (Standard Webhooks v1), or None."""
    webhook_id, timestamp = headers.get("webhook-id"), headers.get("webhook-timestamp")
    signatures = headers.get("webhook-signature")
    if not (webhook_id and timestamp and signatures):
        return "no signature"
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE_SECS:
        return "the signed time is too far off"
    key = base64.b64decode(signing_key.removeprefix("whsec_"))
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # While a key is being changed there are two signatures, with a space between them.
    for signature in signatures.split(" "):
        if hmac.compare_digest(signature.encode(), f"v1,{expected}".encode()):
            return None
    return "the signature is not this key's"


class Receiver(BaseHTTPRequestHandler):
    """Answers one request."""

    def do_OPTIONS(self):
        """The browser asks first whether a page may send this."""
        self.send_response(204)
        self.allow_browsers()
        self.send_header("Access-Control-Allow-Methods", "POST")
        # A page's own headers have to be named: `*` does not cover Authorization.
        self.send_header("Access-Control-Allow-Headers", self.headers.get("Access-Control-Request-Headers", "*"))
        self.send_header("Access-Control-Max-Age", "7200")
        self.end_headers()

    def do_POST(self):
        """Takes one webhook."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            return self.answer(411, "the length is missing")
        if int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            return self.answer(413, f"more than {MAX_BODY_BYTES} bytes")
        body = self.rfile.read(int(length))
        if options.signing_key:
            problem = signature_problem(self.headers, body, options.signing_key)
            if problem:
                return self.answer(401, problem)
        try:
            data = json.loads(body)
        except ValueError as error:
            return self.answer(400, f"not JSON: {error}")
        # Retries carry the same id: do the work once. Without a signature, take something unique from the body instead.
        webhook_id = self.headers.get("webhook-id")
        if webhook_id is not None and webhook_id in seen:
            return self.answer(200, "seen before")
        seen.add(webhook_id)
        print("flow", self.headers.get("X-Klaviyo-Flow-ID", "unknown"))
        print(json.dumps(data, indent=2, ensure_ascii=False))
        # Answer soon, and do long work afterwards: a slow answer is a retry. 429 and 503 ask for one.
        return self.answer(200, "received")

    def answer(self, status, message):
        """Sends a short answer that a browser may read."""
        body = json.dumps({"message": message}).encode()
        self.send_response(status)
        self.allow_browsers()
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def allow_browsers(self):
        """A browser shows the answer to a page only if the receiver says it may."""
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Expose-Headers", "Retry-After")


server = ThreadingHTTPServer(("127.0.0.1", options.port), Receiver)
if options.key and options.cert:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
scheme = "https" if options.key and options.cert else "http"
print(f"listening on {scheme}://localhost:{server.server_address[1]}/", flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    pass
