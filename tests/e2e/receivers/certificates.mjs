// Makes the test authority and its certificates in the throw-away home, and removes the home at the end.
//
// In: HOOKWRIGHT_E2E_HOME. Out: there, `certificates/trusted.{key,pem}`, `certificates/untrusted.{key,pem}`, and the
// NSS database in which Chromium, started with that home, finds the authority.

import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export default async function setUp() {
    const home = process.env.HOOKWRIGHT_E2E_HOME;
    await makeCertificates(home);
    return () => rm(home, { recursive: true, force: true });
}

export async function makeCertificates(home) {
    const folder = path.join(home, "certificates");
    const database = path.join(home, ".pki/nssdb");
    await mkdir(folder, { recursive: true });
    await mkdir(database, { recursive: true });
    const inFolder = (program, ...args) => run(program, args, { cwd: folder });

    await writeFile(path.join(folder, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    await inFolder(
        ...["openssl", "req", "-x509", ...newKey, "-days", "2", "-subj", "/CN=Hookwright test authority"],
        ...["-addext", "basicConstraints=critical,CA:TRUE", "-keyout", "authority.key", "-out", "authority.pem"],
    );
    await inFolder(
        ...["openssl", "req", ...newKey, "-subj", "/CN=localhost", "-keyout", "trusted.key", "-out", "trusted.csr"],
    );
    await inFolder(
        ...["openssl", "x509", "-req", "-in", "trusted.csr", "-CA", "authority.pem", "-CAkey", "authority.key"],
        ...["-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "trusted.pem"],
    );
    await inFolder(
        ...["openssl", "req", "-x509", ...newKey, "-days", "2", "-subj", "/CN=localhost"],
        ...[
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout",
            "untrusted.key",
            "-out",
            "untrusted.pem",
        ],
    );
    await inFolder("certutil", "-N", "--empty-password", "-d", `sql:${database}`);
    await inFolder(
        ...["certutil", "-A", "-n", "hookwright-test", "-t", "C,,", "-i", "authority.pem", "-d", `sql:${database}`],
    );
}
