//! Reads a cURL command: where a request goes, its headers and its body.
//!
//! In: a command as API documentation and *Copy as cURL* have it, for a POSIX shell. Out: a request, and what could not be taken.
//! Invariant: nothing is left out without a word about it; a text that is no cURL command is refused.
//!
//! <https://curl.se/docs/manpage.html>

use crate::domain::delivery::signing::to_base64;

/// A request that a command describes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CurlRequest {
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// What the command asks for and a webhook cannot do, each a sentence.
    pub notes: Vec<String>,
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CurlProblem {
    #[error("this is no cURL command: it has to begin with curl")]
    NotCurl,
    #[error("a quotation mark is not closed; was the command copied whole?")]
    OpenQuote,
    #[error("the command has no address")]
    NoUrl,
}

/// Whether a text is worth reading as a command.
pub fn is_curl(text: &str) -> bool {
    text.trim_start().trim_start_matches("$ ").split_whitespace().next() == Some("curl")
}

/// Reads a command.
pub fn read_curl(text: &str) -> Result<CurlRequest, CurlProblem> {
    if !is_curl(text) {
        return Err(CurlProblem::NotCurl);
    }
    let mut words = shell_words(text.trim_start().trim_start_matches("$ "))?.into_iter();
    words.next();
    let mut reading = Reading::default();
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (long, None),
            };
            let value = if takes_value(name) { value.or_else(|| words.next()) } else { value };
            reading.take(name, value.unwrap_or_default());
        } else if let Some(short) = word.strip_prefix('-').filter(|short| !short.is_empty()) {
            // Letters may stand together, and the last one's value right behind it: -sXPOST.
            let mut rest = short;
            while let Some(letter) = rest.chars().next() {
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
                let name = long_name(letter);
                if takes_value(name) {
                    let value = if rest.is_empty() { words.next().unwrap_or_default() } else { rest.to_owned() };
                    reading.take(name, value);
                    break;
                }
                reading.take(name, String::new());
            }
        } else {
            reading.take("url", word);
        }
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    request: CurlRequest,
    method: Option<String>,
    parts: Vec<String>,
    is_json: bool,
    is_get: bool,
}

impl Reading {
    fn take(&mut self, name: &str, value: String) {
        match name {
            "url" if self.request.url.is_empty() => self.request.url = with_scheme(value),
            "url" => self.note(format!("a second address was left out: {value}")),
            "request" => self.method = Some(value),
            "header" => match value.split_once(':') {
                Some((name, value)) if !value.trim().is_empty() => {
                    self.request.headers.push((name.trim().to_owned(), value.trim().to_owned()));
                }
                // `Name:` takes a header of curl's own away; there is none here.
                Some(_) => {}
                None => self.note(format!("a header without a colon was left out: {value}")),
            },
            "data" | "data-ascii" | "data-binary" | "data-urlencode" | "json" if value.starts_with('@') => {
                self.note(format!(
                    "the body is in a file, {}: paste it into the payload",
                    value.trim_start_matches('@')
                ));
            }
            "data" | "data-ascii" | "data-raw" | "data-binary" => self.parts.push(value),
            "data-urlencode" => {
                self.note("a form was taken as it is; a webhook sends JSON".to_owned());
                self.parts.push(value);
            }
            "json" => {
                self.is_json = true;
                self.parts.push(value);
            }
            "form" | "form-string" => {
                self.note(format!("a part of a form was left out, since a webhook sends JSON: {value}"))
            }
            "user" => {
                self.request
                    .headers
                    .push(("Authorization".to_owned(), format!("Basic {}", to_base64(value.as_bytes()))));
            }
            "oauth2-bearer" => self.request.headers.push(("Authorization".to_owned(), format!("Bearer {value}"))),
            "user-agent" | "cookie" | "referer" => {
                self.note(format!("--{name} was left out: browsers do not let a page set it"));
            }
            "get" => self.is_get = true,
            "head" => self.method = Some("HEAD".to_owned()),
            "insecure" => {
                self.note("--insecure was left out: the receiver needs a certificate that is trusted".to_owned())
            }
            "location" => self.note("--location was left out: a webhook follows no redirect".to_owned()),
            "cert" | "key" | "cacert" | "proxy" => {
                self.note(format!("--{name} was left out: a webhook cannot do that"))
            }
            // Said to curl alone: how loud it is, where it writes, how long it waits.
            _ => {}
        }
    }

    fn note(&mut self, note: String) {
        self.request.notes.push(note);
    }

    fn finish(mut self) -> Result<CurlRequest, CurlProblem> {
        if self.request.url.is_empty() {
            return Err(CurlProblem::NoUrl);
        }
        self.request.body = self.parts.join(if self.is_json { "" } else { "&" });
        let has_body = !self.parts.is_empty();
        let method = match &self.method {
            _ if self.is_get => "GET",
            Some(method) => method.as_str(),
            None if has_body => "POST",
            None => "GET",
        };
        if !method.eq_ignore_ascii_case("POST") {
            let note = format!("the command asks for {}; a webhook sends POST", method.to_uppercase());
            self.request.notes.insert(0, note);
        }
        if self.is_json && !self.request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            self.request.headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        Ok(self.request)
    }
}

/// As curl guesses, but for `http`: webhooks go to `https` only.
fn with_scheme(url: String) -> String {
    if url.contains("://") { url } else { ["https://", &url].concat() }
}

fn long_name(letter: char) -> &'static str {
    match letter {
        'X' => "request",
        'H' => "header",
        'd' => "data",
        'F' => "form",
        'u' => "user",
        'A' => "user-agent",
        'b' => "cookie",
        'e' => "referer",
        'G' => "get",
        'I' => "head",
        'k' => "insecure",
        'L' => "location",
        'E' => "cert",
        'x' => "proxy",
        'o' => "output",
        'm' => "max-time",
        'w' => "write-out",
        'c' => "cookie-jar",
        'D' => "dump-header",
        'K' => "config",
        'T' => "upload-file",
        'r' => "range",
        'z' => "time-cond",
        'C' => "continue-at",
        'y' => "speed-time",
        'Y' => "speed-limit",
        _ => "",
    }
}

fn takes_value(name: &str) -> bool {
    [
        "url",
        "request",
        "header",
        "data",
        "data-ascii",
        "data-raw",
        "data-binary",
        "data-urlencode",
        "json",
        "form",
        "form-string",
        "user",
        "oauth2-bearer",
        "user-agent",
        "cookie",
        "referer",
        "cert",
        "key",
        "cacert",
        "proxy",
        "output",
        "max-time",
        "connect-timeout",
        "write-out",
        "cookie-jar",
        "dump-header",
        "config",
        "upload-file",
        "range",
        "time-cond",
        "continue-at",
        "speed-time",
        "speed-limit",
        "retry",
        "retry-delay",
        "resolve",
    ]
    .contains(&name)
}

/// Takes a command apart as a POSIX shell does, with `$'…'` as Chrome's *Copy as cURL* writes it.
fn shell_words(text: &str) -> Result<Vec<String>, CurlProblem> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                // A line that goes on, also with Windows' ends of lines.
                Some('\n') | None => {}
                Some('\r') => drop(chars.next_if_eq(&'\n')),
                Some(escaped) => word.get_or_insert_default().push(escaped),
            },
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(CurlProblem::OpenQuote)? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '$' if chars.next_if_eq(&'\'').is_some() => read_ansi_quoted(&mut chars, word.get_or_insert_default())?,
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(CurlProblem::OpenQuote)? {
                        '"' => break,
                        '\\' => match chars.next().ok_or(CurlProblem::OpenQuote)? {
                            '\n' => {}
                            c @ ('"' | '\\' | '$' | '`') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// What stands in `$'…'`, behind the opening quotation mark.
fn read_ansi_quoted(chars: &mut Chars<'_>, word: &mut String) -> Result<(), CurlProblem> {
    loop {
        match chars.next().ok_or(CurlProblem::OpenQuote)? {
            '\'' => return Ok(()),
            '\\' => match chars.next().ok_or(CurlProblem::OpenQuote)? {
                'n' => word.push('\n'),
                'r' => word.push('\r'),
                't' => word.push('\t'),
                'u' => word.push(read_hex(chars, 4)),
                'x' => word.push(read_hex(chars, 2)),
                c => word.push(c),
            },
            c => word.push(c),
        }
    }
}

/// A character by its number, of at most so many hexadecimal digits.
fn read_hex(chars: &mut Chars<'_>, n_digits: usize) -> char {
    let mut value = 0;
    for _ in 0..n_digits {
        let Some(digit) = chars.peek().and_then(|c| c.to_digit(16)) else { break };
        chars.next();
        value = value * 16 + digit;
    }
    char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header<'a>(request: &'a CurlRequest, name: &str) -> Option<&'a str> {
        request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    #[test]
    fn a_command_from_documentation_is_taken_whole() {
        let request = read_curl(
            "curl -X POST 'https://api.example.com/orders' \\\n  -H 'Authorization: Bearer k' \\\r\n  -H \"Content-Type: application/json\" \\\n  -d '{\"id\": \"it'\\''s\"}'",
        )
        .expect("a command");
        assert_eq!(request.url, "https://api.example.com/orders");
        assert_eq!(request.body, r#"{"id": "it's"}"#);
        assert_eq!(header(&request, "authorization"), Some("Bearer k"));
        assert_eq!(request.notes, Vec::<String>::new());
    }

    #[test]
    fn what_browsers_copy_is_read_with_its_escapes() {
        let request = read_curl(
            "curl 'https://x.example/a?b=1&c=2' -H 'cookie: a=b' --data-raw $'{\"t\":\"l\\'\\u00e9t\\u00e9\\n\"}' --compressed --insecure",
        )
        .expect("a command");
        assert_eq!(request.body, "{\"t\":\"l'été\n\"}");
        assert_eq!(request.notes.len(), 1, "{:?}", request.notes);
    }

    #[test]
    fn letters_together_a_value_right_behind_and_json() {
        let request = read_curl("$ curl -sSXPUT -uann:secret --json '{}' api.example.com").expect("a command");
        assert_eq!(request.url, "https://api.example.com");
        assert_eq!(header(&request, "authorization"), Some("Basic YW5uOnNlY3JldA=="));
        assert_eq!(header(&request, "content-type"), Some("application/json"));
        assert_eq!(request.notes, ["the command asks for PUT; a webhook sends POST"]);
    }

    #[test]
    fn what_a_webhook_cannot_do_is_said() {
        let request =
            read_curl("curl https://x.example -L -b a=b -F file=@a.png -d @body.json --data-urlencode 'a=b c'")
                .expect("a command");
        assert_eq!(request.notes.len(), 5, "{:?}", request.notes);
        assert_eq!(request.body, "a=b c");
        let request = read_curl("curl https://x.example").expect("a command");
        assert_eq!(request.notes, ["the command asks for GET; a webhook sends POST"]);
    }

    #[test]
    fn what_is_no_command_or_was_cut_is_refused() {
        assert_eq!(read_curl("wget https://x.example"), Err(CurlProblem::NotCurl));
        assert_eq!(read_curl("curly https://x.example"), Err(CurlProblem::NotCurl));
        assert_eq!(read_curl("curl 'https://x.example"), Err(CurlProblem::OpenQuote));
        assert_eq!(read_curl("curl -X POST -d x"), Err(CurlProblem::NoUrl));
    }
}
