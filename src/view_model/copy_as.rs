//! The request as text to take elsewhere: a cURL command or an HTTP message.
//!
//! In: a request. Out: text.
//! Invariant: the value of a header that looks like a credential never leaves by this way; a placeholder stands for it.

use crate::domain::delivery::request::RenderedRequest;
use crate::domain::secret::HeaderValue;

/// A command for a POSIX shell.
pub fn as_curl(request: &RenderedRequest) -> String {
    let mut text = format!("curl -X POST {}", shell_quoted(&request.url));
    for (name, value) in &request.headers {
        text.push_str(" \\\n  -H ");
        text.push_str(&shell_quoted(&format!("{name}: {}", shown_value(name, value))));
    }
    text.push_str(" \\\n  --data-binary ");
    text.push_str(&shell_quoted(&request.body));
    text
}

/// The message as it goes over the wire in HTTP/1.1.
pub fn as_http(request: &RenderedRequest) -> String {
    let (host, path) = host_and_path(&request.url);
    let mut text = format!("POST {path} HTTP/1.1\nHost: {host}\n");
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {}\n", shown_value(name, value)));
    }
    text.push_str(&format!("Content-Length: {}\n\n{}", request.body.len(), request.body));
    text
}

fn host_and_path(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or(rest);
    match rest.find(['/', '?']) {
        Some(at) if rest.get(at..).is_some_and(|path| path.starts_with('/')) => rest.split_at(at),
        _ => (rest, "/"),
    }
}

/// Whether a header is likely to hold a secret.
pub fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["authorization", "token", "secret", "password", "api-key", "apikey", "signature", "cookie"]
        .iter()
        .any(|word| name.contains(word))
}

fn shown_value(name: &str, value: &str) -> String {
    if is_credential(name) || HeaderValue::read(value).needs_secrets() {
        format!("<your {name}>")
    } else {
        value.to_owned()
    }
}

fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::import::curl::read_curl;

    fn request() -> RenderedRequest {
        RenderedRequest {
            url: "https://erp.example.com/orders?x=1".to_owned(),
            headers: vec![
                ("Content-Type".to_owned(), "application/json".to_owned()),
                ("Authorization".to_owned(), "Bearer s3cret".to_owned()),
            ],
            body: "{\"a\": \"it's ü\"}".to_owned(),
        }
    }

    #[test]
    fn a_command_survives_quotes_and_holds_no_credential() {
        assert_eq!(
            as_curl(&request()),
            "curl -X POST 'https://erp.example.com/orders?x=1' \\\n  -H 'Content-Type: application/json' \\\n  -H \
             'Authorization: <your Authorization>' \\\n  --data-binary '{\"a\": \"it'\\''s ü\"}'"
        );
    }

    #[test]
    fn a_command_is_read_back_as_the_same_request() {
        for body in ["", "{}", "a'b\"c\\d\ne $x `y` \u{1f600}\t", "'", "''\\'"] {
            let request = RenderedRequest {
                url: "https://erp.example.com/it's?x=1&y=%20".to_owned(),
                headers: vec![("X-Note".to_owned(), "it's \"so\"".to_owned())],
                body: body.to_owned(),
            };
            let read = read_curl(&as_curl(&request));
            let read = read.map(|read| RenderedRequest { url: read.url, headers: read.headers, body: read.body });
            assert_eq!(read, Ok(request));
        }
    }

    #[test]
    fn a_message_counts_bytes() {
        let text = as_http(&request());
        assert!(text.starts_with("POST /orders?x=1 HTTP/1.1\nHost: erp.example.com\n"), "{text}");
        assert!(text.contains("Content-Length: 16\n\n"), "{text}");
        assert!(!text.contains("s3cret"));
        let bare = RenderedRequest { url: "https://erp.example.com".to_owned(), ..request() };
        assert!(as_http(&bare).starts_with("POST / HTTP/1.1\nHost: erp.example.com\n"));
    }
}
