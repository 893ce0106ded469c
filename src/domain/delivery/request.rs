//! The request as it goes over the wire, and what it may not be.
//!
//! In: a webhook action as typed, a flow's id, a rendered body. Out: a frozen request, or problems tied to their fields.
//! Invariant: retries send the same bytes.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::delivery::practice::is_practice_url;
use crate::domain::flow::model::{HeaderRow, WebhookAction};
use crate::domain::id::FlowId;
use crate::domain::secret::{HeaderValue, SIGNATURE_HEADER, SIGNED_ID_HEADER, SIGNED_TIME_HEADER};

/// The header that names the flow. <https://developers.klaviyo.com/en/docs/how_to_add_a_webhook_action_to_a_flow>
pub const FLOW_ID_HEADER: &str = "X-Klaviyo-Flow-ID";

/// A request, frozen when the delivery was first rendered. Always a POST.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedRequest {
    pub url: String,
    /// In the order they are sent, with `X-Klaviyo-Flow-ID` and `Content-Type` among them.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// Why a destination may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UrlProblem {
    #[error("the destination is empty; enter an address that starts with https://")]
    Empty,
    #[error("this is not an address; it should look like https://erp.example.com/orders")]
    Malformed,
    #[error("the destination must start with https://")]
    NotHttps,
    #[error("http:// to this machine works for a test request only; Klaviyo refuses it, and a flow needs https://")]
    InsecureLoopback,
    #[error("the destination may not hold a user name or password; use a header instead")]
    Credentials,
    #[error("the destination may not hold template tags; Klaviyo does not document them here")]
    TemplateTags,
    #[error("webhooks may not subscribe profiles to lists")]
    Subscribes,
}

/// Something worth knowing about a destination that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlHint {
    /// Answered inside the app; nothing leaves the browser.
    Practice,
    /// This machine or a private network: Klaviyo's servers could not reach it.
    PrivateHost,
}

/// Why a header may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeaderProblem {
    #[error("the header has no name")]
    EmptyName,
    #[error("a header name may hold letters, digits and !#$%&'*+-.^_`|~ only")]
    BadName,
    #[error("the value may not hold line breaks or characters outside Latin-1")]
    BadValue,
    #[error("the browser sets this header itself and lets no page change it")]
    SetByBrowser,
    #[error("Hookwright sets this header itself, as Klaviyo does")]
    SetByHookwright,
    #[error("the header stands here twice")]
    Duplicate,
    #[error("header values may not hold template tags; Klaviyo does not document them here")]
    TemplateTags,
    #[error("a signature stands in webhook-signature only, and makes webhook-id and webhook-timestamp itself")]
    SetBySignature,
}

/// Checks a *Destination URL* for a flow that runs by itself.
pub fn check_url(url: &str) -> Result<Option<UrlHint>, UrlProblem> {
    let hint = check_url_for_test(url)?;
    if is_scheme(url.trim(), "http") { Err(UrlProblem::InsecureLoopback) } else { Ok(hint) }
}

/// Checks a *Destination URL* for a test request, which may also go to this machine without TLS.
pub fn check_url_for_test(url: &str) -> Result<Option<UrlHint>, UrlProblem> {
    let url = url.trim();
    if url.is_empty() {
        return Err(UrlProblem::Empty);
    }
    if url.contains("{{") || url.contains("{%") {
        return Err(UrlProblem::TemplateTags);
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(if url.contains(':') { UrlProblem::NotHttps } else { UrlProblem::Malformed });
    };
    let is_http = scheme.eq_ignore_ascii_case("http");
    if !is_http && !scheme.eq_ignore_ascii_case("https") {
        return Err(UrlProblem::NotHttps);
    }
    if url.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(UrlProblem::Malformed);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    if authority.contains('@') {
        return Err(UrlProblem::Credentials);
    }
    let host = split_host(authority).ok_or(UrlProblem::Malformed)?;
    if is_http {
        return if is_loopback(host) { Ok(Some(UrlHint::PrivateHost)) } else { Err(UrlProblem::NotHttps) };
    }
    if is_klaviyo_subscription(host, rest) {
        return Err(UrlProblem::Subscribes);
    }
    if is_practice_url(url) {
        return Ok(Some(UrlHint::Practice));
    }
    Ok(is_private(host).then_some(UrlHint::PrivateHost))
}

/// Scheme, host and port: what a destination is known by.
pub fn destination_of(url: &str) -> String {
    let url = url.trim();
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let end =
        url.get(after_scheme..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(url.len(), |at| after_scheme + at);
    url.get(..end).unwrap_or(url).to_ascii_lowercase()
}

/// Checks every header row; the answer has one place a row.
pub fn check_headers(rows: &[HeaderRow]) -> Vec<Option<HeaderProblem>> {
    let is_signed = rows.iter().any(|row| is_signature(&row.value));
    rows.iter()
        .enumerate()
        .map(|(row_idx, row)| {
            let name = row.name.trim();
            if is_signed
                && (name.eq_ignore_ascii_case(SIGNED_ID_HEADER) || name.eq_ignore_ascii_case(SIGNED_TIME_HEADER))
            {
                return Some(HeaderProblem::SetBySignature);
            }
            let is_repeated =
                rows.iter().take(row_idx).any(|earlier| earlier.name.trim().eq_ignore_ascii_case(row.name.trim()));
            check_header(row).err().or_else(|| is_repeated.then_some(HeaderProblem::Duplicate))
        })
        .collect()
}

fn is_signature(value: &str) -> bool {
    matches!(HeaderValue::read(value), HeaderValue::Signature(_))
}

/// Whether a header may have this value, once its secret is filled in.
pub fn is_sendable_value(value: &str) -> bool {
    !value.chars().any(|c| c.is_control() && c != '\t' || u32::from(c) > 0xff)
}

fn check_header(row: &HeaderRow) -> Result<(), HeaderProblem> {
    let name = row.name.trim();
    if name.is_empty() {
        return Err(HeaderProblem::EmptyName);
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)) {
        return Err(HeaderProblem::BadName);
    }
    if name.eq_ignore_ascii_case(FLOW_ID_HEADER) {
        return Err(HeaderProblem::SetByHookwright);
    }
    if is_forbidden_by_browsers(name) {
        return Err(HeaderProblem::SetByBrowser);
    }
    match HeaderValue::read(&row.value) {
        HeaderValue::Secret(_) => return Ok(()),
        HeaderValue::Signature(_) if name.eq_ignore_ascii_case(SIGNATURE_HEADER) => return Ok(()),
        HeaderValue::Signature(_) => return Err(HeaderProblem::SetBySignature),
        HeaderValue::Plain => {}
    }
    if row.value.contains("{{") || row.value.contains("{%") {
        return Err(HeaderProblem::TemplateTags);
    }
    if !is_sendable_value(&row.value) {
        return Err(HeaderProblem::BadValue);
    }
    Ok(())
}

/// Forbidden request headers, which a browser drops without a word. <https://fetch.spec.whatwg.org/#forbidden-request-header>
fn is_forbidden_by_browsers(name: &str) -> bool {
    const FORBIDDEN: [&str; 24] = [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "access-control-request-private-network",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "x-http-method-override",
        "x-method-override",
    ];
    let name = name.to_ascii_lowercase();
    FORBIDDEN.contains(&name.as_str())
        || name == "user-agent"
        || name == "x-http-method"
        || name.starts_with("proxy-")
        || name.starts_with("sec-")
}

/// Freezes the request: what is sent now and by every retry.
pub fn freeze_request(action: &WebhookAction, flow_id: &FlowId, body: String) -> RenderedRequest {
    let mut headers: Vec<(String, String)> =
        action.headers.iter().map(|row| (row.name.trim().to_owned(), row.value.trim().to_owned())).collect();
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.insert(0, ("Content-Type".to_owned(), "application/json".to_owned()));
    }
    headers.push((FLOW_ID_HEADER.to_owned(), flow_id.as_str().to_owned()));
    RenderedRequest { url: action.url.trim().to_owned(), headers, body }
}

fn is_scheme(url: &str, scheme: &str) -> bool {
    url.split_once("://").is_some_and(|(found, _)| found.eq_ignore_ascii_case(scheme))
}

/// The host without its port, if both are well formed.
fn split_host(authority: &str) -> Option<&str> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        (host, after)
    } else {
        let end = authority.find(':').unwrap_or(authority.len());
        authority.split_at_checked(end)?
    };
    let is_port_good = port.is_empty()
        || port.strip_prefix(':').is_some_and(|digits| digits.is_empty() || digits.parse::<u16>().is_ok());
    let is_name_good = host.contains(':')
        || (host.split('.').all(|label| !label.is_empty() || host.ends_with('.'))
            && !host.chars().any(|c| c.is_ascii() && !c.is_ascii_alphanumeric() && !"-._".contains(c)));
    (!host.is_empty() && is_port_good && is_name_good).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_private(host: &str) -> bool {
    let is_private_address = match host.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(address)) => {
            address.is_private() || address.is_link_local() || address.is_unspecified()
        }
        Ok(std::net::IpAddr::V6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
        Err(_) => !host.contains('.') || host.ends_with(".local") || host.ends_with(".internal"),
    };
    is_loopback(host) || is_private_address
}

fn is_klaviyo_subscription(host: &str, rest: &str) -> bool {
    let path = rest.split_once('/').map_or("", |(_, path)| path).split(['?', '#']).next().unwrap_or_default();
    let is_klaviyo = host.eq_ignore_ascii_case("a.klaviyo.com");
    let is_subscribing = path.contains("subscription")
        || path.contains("relationships/profiles")
        || path.contains("/subscribe")
        || path.contains("/members");
    is_klaviyo && is_subscribing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::model::{ActionStatus, RepeatPolicy};

    #[test]
    fn destinations_are_judged_as_klaviyo_judges_them() {
        for (url, expected) in [
            ("https://erp.example.com/orders", Ok(None)),
            ("https://erp.example.com:8443/orders?x=1#y", Ok(None)),
            ("HTTPS://erp.example.com", Ok(None)),
            (" https://erp.example.com ", Ok(None)),
            ("https://bücher.example/", Ok(None)),
            ("https://practice.hookwright.invalid/orders", Ok(Some(UrlHint::Practice))),
            ("https://localhost:9000/x", Ok(Some(UrlHint::PrivateHost))),
            ("https://10.0.0.1/", Ok(Some(UrlHint::PrivateHost))),
            ("https://[::1]:9000/", Ok(Some(UrlHint::PrivateHost))),
            ("https://intranet/x", Ok(Some(UrlHint::PrivateHost))),
            ("http://localhost:9000/x", Err(UrlProblem::InsecureLoopback)),
            ("http://erp.example.com/", Err(UrlProblem::NotHttps)),
            ("ftp://erp.example.com/", Err(UrlProblem::NotHttps)),
            ("mailto:ann@example.com", Err(UrlProblem::NotHttps)),
            ("", Err(UrlProblem::Empty)),
            ("erp.example.com", Err(UrlProblem::Malformed)),
            ("https://", Err(UrlProblem::Malformed)),
            ("https:///orders", Err(UrlProblem::Malformed)),
            ("https://exa mple.com/", Err(UrlProblem::Malformed)),
            ("https://example.com:99999/", Err(UrlProblem::Malformed)),
            ("https://exa..mple/", Err(UrlProblem::Malformed)),
            ("https://exa<mple.com/", Err(UrlProblem::Malformed)),
            ("https://ann:secret@erp.example.com/", Err(UrlProblem::Credentials)),
            ("https://erp.example.com/{{ event.id }}", Err(UrlProblem::TemplateTags)),
            ("https://a.klaviyo.com/api/profile-subscription-bulk-create-jobs/", Err(UrlProblem::Subscribes)),
            ("https://a.klaviyo.com/api/lists/Abc/relationships/profiles/", Err(UrlProblem::Subscribes)),
            ("https://a.klaviyo.com/api/profiles/", Ok(None)),
        ] {
            assert_eq!(check_url(url), expected, "{url}");
        }
        assert_eq!(check_url_for_test("http://127.0.0.1:9000/x"), Ok(Some(UrlHint::PrivateHost)));
        assert_eq!(check_url_for_test("http://erp.example.com/"), Err(UrlProblem::NotHttps));
    }

    #[test]
    fn headers_are_refused_with_their_reason() {
        let row = |name: &str, value: &str| HeaderRow { name: name.to_owned(), value: value.to_owned() };
        for (name, value, expected) in [
            ("Authorization", "Bearer x", None),
            ("X-Api-Version", "", None),
            ("", "x", Some(HeaderProblem::EmptyName)),
            ("X Api", "x", Some(HeaderProblem::BadName)),
            ("Host", "x", Some(HeaderProblem::SetByBrowser)),
            ("Sec-Fetch-Mode", "x", Some(HeaderProblem::SetByBrowser)),
            ("User-Agent", "x", Some(HeaderProblem::SetByBrowser)),
            ("x-klaviyo-flow-id", "x", Some(HeaderProblem::SetByHookwright)),
            ("X-Name", "a\nb", Some(HeaderProblem::BadValue)),
            ("X-Name", "日本", Some(HeaderProblem::BadValue)),
            ("X-Name", "{{ email }}", Some(HeaderProblem::TemplateTags)),
        ] {
            assert_eq!(check_headers(&[row(name, value)]), [expected], "{name}: {value}");
        }
        assert_eq!(check_headers(&[row("X-A", "1"), row("x-a", "2")]), [None, Some(HeaderProblem::Duplicate)]);
    }

    #[test]
    fn a_request_names_its_flow_and_its_type() {
        let mut action = WebhookAction {
            name: "Order to ERP".to_owned(),
            status: ActionStatus::Live,
            url: "https://erp.example.com/orders ".to_owned(),
            headers: vec![HeaderRow { name: "Authorization".to_owned(), value: "Bearer x".to_owned() }],
            payload: String::new(),
            repeat_policy: RepeatPolicy::AtLeastOnce,
        };
        let flow_id = FlowId::new("Xy12Ab");
        let request = freeze_request(&action, &flow_id, "{}".to_owned());
        let names: Vec<_> = request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(names, ["Content-Type: application/json", "Authorization: Bearer x", "X-Klaviyo-Flow-ID: Xy12Ab"]);
        assert_eq!(request.url, "https://erp.example.com/orders");

        action
            .headers
            .push(HeaderRow { name: "content-type".to_owned(), value: "application/vnd.api+json".to_owned() });
        let request = freeze_request(&action, &flow_id, "{}".to_owned());
        let n_types = request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-type")).count();
        assert_eq!(n_types, 1);
    }

    #[test]
    fn a_destination_is_scheme_host_and_port() {
        assert_eq!(destination_of("https://Erp.example.com:8443/orders?x"), "https://erp.example.com:8443");
        assert_eq!(destination_of("nonsense"), "nonsense");
    }
}
