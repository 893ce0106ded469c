//! The command that creates a flow in an account.
//!
//! In: the body of *Create Flow*. Out: a command for a shell.
//! Invariant: holds no key; a private key has no place in a browser.

use serde_json::Value;

use crate::domain::klaviyo::REVISION;

/// A `curl` command with the body, and a placeholder where the key goes.
pub fn create_flow_command(body: &Value) -> String {
    let body = serde_json::to_string_pretty(body).unwrap_or_default();
    // Inside of a quoted here-document the shell changes nothing, whatever quotes the payload has; no line of JSON is FLOW.
    format!(
        "curl --request POST 'https://a.klaviyo.com/api/flows' \\\n  --header \"Authorization: Klaviyo-API-Key $KLAVIYO_PRIVATE_KEY\" \\\n  \
         --header 'revision: {REVISION}' \\\n  --header 'accept: application/vnd.api+json' \\\n  \
         --header 'content-type: application/vnd.api+json' \\\n  --data-binary @- <<'FLOW'\n{body}\nFLOW\n"
    )
}
