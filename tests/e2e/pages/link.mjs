// Links to the sandbox: what they carry, packed into letters as the app packs it (src/view_model/share.rs).

/** What a link to the sandbox carries, without looking for repetitions. */
export function packedLink(shared) {
    const plain = Buffer.from(JSON.stringify(shared));
    let sum = 0x811c9dc5;
    for (const byte of plain) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
    const parts = [Buffer.from([sum >>> 24, (sum >>> 16) & 255, (sum >>> 8) & 255, sum & 255])];
    for (let at = 0; at < plain.length; at += 128) {
        const run = plain.subarray(at, at + 128);
        parts.push(Buffer.from([run.length - 1]), run);
    }
    return `${shared.s ? 2 : 1}${Buffer.concat(parts).toString("base64url")}`;
}

/** The text that the letters of a link hold. */
export function unpackedLink(letters) {
    const packed = Buffer.from(letters.slice(1), "base64url").subarray(4);
    const plain = [];
    for (let at = 0; at < packed.length;) {
        const head = packed[at];
        if (head < 128) {
            plain.push(...packed.subarray(at + 1, at + 2 + head));
            at += 2 + head;
        } else {
            const start = plain.length - packed.readUInt16BE(at + 1);
            for (let offset = 0; offset < head - 128 + 4; offset += 1) plain.push(plain[start + offset]);
            at += 3;
        }
    }
    return Buffer.from(plain).toString("utf8");
}
