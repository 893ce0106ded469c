//! Values nobody may read, and the references that stand in their place.
//!
//! In: the value of a header as it lies in a flow or a frozen request. Out: whether it stands for a secret or a signature.
//! Invariant: a secret's value is never part of a document; only its reference is.
//!
//! A reference looks like a template tag, `{{secret:…}}`. Header values may hold no tags, so none is ever taken for one.

use std::fmt;

use crate::domain::delivery::request::RenderedRequest;
use crate::domain::id::SecretId;
use crate::domain::time::Timestamp;

/// What stands on the screen instead of a secret.
pub const MASK: &str = "••••••••";

const SECRET: &str = "{{secret:";
const SIGNATURE: &str = "{{signature:";
const END: &str = "}}";

/// The header that a signature fills. <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
pub const SIGNATURE_HEADER: &str = "webhook-signature";
/// The header with the delivery's id.
pub const SIGNED_ID_HEADER: &str = "webhook-id";
/// The header with the attempt's time.
pub const SIGNED_TIME_HEADER: &str = "webhook-timestamp";

/// Text under a key: the nonce and what it hides, in hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    /// Takes what was sealed elsewhere.
    pub fn new(hex: impl Into<String>) -> Self {
        Self(hex.into())
    }

    /// As it lies on disk.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Something a person typed that must not be printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Hidden(String);

impl Hidden {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What was typed.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}

/// A secret as it lies on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretDocument {
    pub id: SecretId,
    pub kind: SecretKind,
    /// The only destination it is ever sent to, as scheme, host and port.
    pub origin: String,
    /// The header it was entered for, or a name for a signing key.
    pub name: String,
    pub made_at: Timestamp,
    pub made_by: String,
    pub value: Sealed,
}

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    Header,
    SigningKey,
}

impl SecretDocument {
    /// What the sealed value is bound to: who moves it to another destination makes it unreadable.
    pub fn about(&self) -> String {
        let kind = match self.kind {
            SecretKind::Header => "header",
            SecretKind::SigningKey => "signing-key",
        };
        [kind, self.id.as_str(), &self.origin].join("\n")
    }
}

/// What the value of a header stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderValue {
    /// Itself.
    Plain,
    Secret(SecretId),
    /// A signature by each of these keys, the newest first.
    Signature(Vec<SecretId>),
}

impl HeaderValue {
    /// Reads the value of a header.
    pub fn read(value: &str) -> Self {
        let inside = |start: &str| value.trim().strip_prefix(start)?.strip_suffix(END).map(str::trim);
        if let Some(secret_id) = inside(SECRET) {
            return Self::Secret(SecretId::new(secret_id));
        }
        match inside(SIGNATURE) {
            Some(ids) => Self::Signature(ids.split_whitespace().map(SecretId::new).collect()),
            None => Self::Plain,
        }
    }

    /// Whether the secrets have to be unlocked to send it.
    pub const fn needs_secrets(&self) -> bool {
        match self {
            Self::Plain => false,
            Self::Secret(_) | Self::Signature(_) => true,
        }
    }
}

/// What stands in a header for this secret.
pub fn secret_reference(secret_id: &SecretId) -> String {
    [SECRET, secret_id.as_str(), END].concat()
}

/// What stands in a header for a signature by these keys.
pub fn signature_reference(key_ids: &[SecretId]) -> String {
    let mut text = SIGNATURE.to_owned();
    for (idx, key_id) in key_ids.iter().enumerate() {
        if idx > 0 {
            text.push(' ');
        }
        text.push_str(key_id.as_str());
    }
    text.push_str(END);
    text
}

/// Whether a request can be sent only with secrets filled in.
pub fn needs_secrets(request: &RenderedRequest) -> bool {
    request.headers.iter().any(|(_, value)| HeaderValue::read(value).needs_secrets())
}

/// The value as it may be shown.
pub fn masked(value: &str) -> &str {
    if HeaderValue::read(value).needs_secrets() { MASK } else { value }
}

/// `text` with every one of these values replaced: a receiver may send back what it was sent.
pub fn without_values(text: &str, values: &[String]) -> String {
    let mut text = text.to_owned();
    for value in values {
        // Shorter ones would tear ordinary text apart.
        if value.len() >= 4 && text.contains(value.as_str()) {
            text = text.replace(value.as_str(), MASK);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_as_they_are_written() {
        let (one, two) = (SecretId::new("01AB"), SecretId::new("01CD"));
        assert_eq!(HeaderValue::read(&secret_reference(&one)), HeaderValue::Secret(one.clone()));
        let both = signature_reference(&[one.clone(), two.clone()]);
        assert_eq!(both, "{{signature:01AB 01CD}}");
        assert_eq!(HeaderValue::read(&both), HeaderValue::Signature(vec![one, two]));
        for plain in ["Bearer x", "", "{{ email }}", "Bearer {{secret:01AB}}"] {
            assert_eq!(HeaderValue::read(plain), HeaderValue::Plain, "{plain}");
        }
    }

    #[test]
    fn nothing_hidden_is_printed() {
        assert_eq!(format!("{:?}", Hidden::new("hunter2")), "Hidden");
        assert_eq!(masked("{{secret:01AB}}"), MASK);
        assert_eq!(masked("Bearer x"), "Bearer x");
        let values = ["tok_12345".to_owned(), "x".to_owned()];
        assert_eq!(without_values("you sent tok_12345, x", &values), "you sent ••••••••, x");
    }
}
