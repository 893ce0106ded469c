// Rows of the app's database, as the sender would write them. Benches use them, too, in pages: nothing here needs Node.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function sortableId(millis, random) {
    const base32 = (number, length) => {
        let text = "";
        for (let rest = BigInt(number); text.length < length; rest >>= 5n) text = ALPHABET[Number(rest & 31n)] + text;
        return text;
    };
    return base32(millis, 10) + base32(random, 13);
}

/** A row of the store `deliveries`, in the shape of the first version. */
export function deliveryRow(number, own = {}) {
    const at = own.at ?? Date.now() - (number + 1) * 1000;
    const id = sortableId(at, number);
    const status = own.status ?? { delivered: { at } };
    const name = typeof status === "string" ? status : Object.keys(status)[0];
    const code = own.code ?? 200;
    // One with a due time was never tried.
    const isNew = own.due !== undefined;
    const record = {
        id,
        flow_id: own.flow ?? "flow01",
        flow_name: own.names ?? "Order to ERP",
        node_id: own.node ?? "node01",
        webhook_name: own.names ?? "Send order",
        run_id: null,
        event_id: null,
        profile_id: own.profile ?? `p${number % 500}`,
        recipient_email: own.email ?? `person${number % 500}@example.com`,
        origin: "flow",
        repeat_policy: "at-least-once",
        created_at: at,
        request: {
            url: own.url ?? "https://erp.example.com/orders",
            headers: [["Content-Type", "application/json"]],
            body: own.body ?? `{"order":${number}}`,
        },
        status,
        n_attempts: isNew ? 0 : 1,
        n_scheduled_attempts: isNew ? 0 : 1,
        first_attempt_at: isNew ? null : at,
        last_outcome: isNew ? null : { answered: { status: code, retry_after_millis: null } },
        may_have_arrived: own.maybe ?? false,
        updated_at: at,
    };
    const i = {
        status: [name, at],
        flow: [record.flow_id, at],
        webhook: [record.node_id, at],
        recipient: [record.recipient_email, at],
        ...(isNew ? { due: [own.due] } : { code: [code, at] }),
    };
    if (record.may_have_arrived) i.maybe = [at];
    return { k: id, rev: 1, v: 1, json: JSON.stringify(record), i };
}

/** A skipped delivery: its receiver refused it. */
export const refused = (at) => ({
    code: 400,
    status: {
        skipped: {
            reason: { "not-retryable": { outcome: { answered: { status: 400, retry_after_millis: null } } } },
            at,
        },
    },
});
