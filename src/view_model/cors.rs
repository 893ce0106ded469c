//! The CORS doctor: what the browser asks before it sends, and what a receiver has to answer, ready for common servers.
//!
//! In: the app's origin, a request's address and headers. Out: the preflight, the headers of a right answer, settings.
//! Invariant: settings allow what this request needs, and no more than this app's origin.
//!
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>

use crate::domain::delivery::request::{FLOW_ID_HEADER, RenderedRequest};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsCase {
    /// Where the app is served from.
    pub app_origin: String,
    pub host: String,
    pub path: String,
    /// Header names that a plain page may not send unasked, sorted, in small letters.
    pub header_names: Vec<String>,
}

/// Header names that need no leave. <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
const SAFE: [&str; 3] = ["accept", "accept-language", "content-language"];

impl CorsCase {
    /// The case of one request; without one, of the headers that every webhook has.
    pub fn new(app_origin: &str, origin: &str, request: Option<&RenderedRequest>) -> Self {
        let mut header_names: Vec<String> = match request {
            Some(request) => request.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect(),
            None => vec!["content-type".to_owned(), FLOW_ID_HEADER.to_ascii_lowercase()],
        };
        header_names.retain(|name| !SAFE.contains(&name.as_str()));
        header_names.sort();
        header_names.dedup();
        let address = request.map_or(origin, |request| &request.url);
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path = ["/", path.split(['?', '#']).next().unwrap_or_default()].concat();
        Self { app_origin: app_origin.to_owned(), host: host.to_owned(), path, header_names }
    }

    fn names(&self) -> String {
        self.header_names.join(", ")
    }

    /// What the browser asks first.
    pub fn preflight(&self) -> String {
        [
            "OPTIONS ",
            &self.path,
            "\nHost: ",
            &self.host,
            "\nOrigin: ",
            &self.app_origin,
            "\nAccess-Control-Request-Method: POST\nAccess-Control-Request-Headers: ",
            &self.names(),
        ]
        .concat()
    }

    /// What the receiver has to answer to that, with status 200 or 204.
    pub fn preflight_answer(&self) -> String {
        [
            "Access-Control-Allow-Origin: ",
            &self.app_origin,
            "\nAccess-Control-Allow-Methods: POST\nAccess-Control-Allow-Headers: ",
            &self.names(),
            "\nAccess-Control-Max-Age: 7200",
        ]
        .concat()
    }

    /// What has to stand on the answer to the POST itself, whatever its status.
    pub fn answer(&self) -> String {
        ["Access-Control-Allow-Origin: ", &self.app_origin, "\nAccess-Control-Expose-Headers: Retry-After"].concat()
    }

    /// Ready settings: the server's name, and the text.
    pub fn settings(&self) -> [(&'static str, String); 5] {
        let (origin, names, path) = (self.app_origin.as_str(), self.names(), self.path.as_str());
        let nginx = [
            "location ",
            path,
            " {\n    if ($request_method = OPTIONS) {\n        add_header Access-Control-Allow-Origin \"",
            origin,
            "\" always;\n        add_header Access-Control-Allow-Methods \"POST\" always;\n        add_header \
             Access-Control-Allow-Headers \"",
            &names,
            "\" always;\n        add_header Access-Control-Max-Age 7200 always;\n        return 204;\n    }\n    \
             add_header Access-Control-Allow-Origin \"",
            origin,
            "\" always;\n    add_header Access-Control-Expose-Headers \"Retry-After\" always;\n    # proxy_pass …\n}\n",
        ]
        .concat();
        let apache = [
            "# needs mod_headers and mod_rewrite\n<Location \"",
            path,
            "\">\n    Header always set Access-Control-Allow-Origin \"",
            origin,
            "\"\n    Header always set Access-Control-Allow-Methods \"POST\"\n    Header always set \
             Access-Control-Allow-Headers \"",
            &names,
            "\"\n    Header always set Access-Control-Expose-Headers \"Retry-After\"\n    Header always set \
             Access-Control-Max-Age \"7200\"\n    RewriteEngine On\n    RewriteCond %{REQUEST_METHOD} =OPTIONS\n    \
             RewriteRule ^ - [R=204,L]\n</Location>\n",
        ]
        .concat();
        let caddy = [
            "@preflight {\n    method OPTIONS\n    path ",
            path,
            "\n}\nheader ",
            path,
            " Access-Control-Allow-Origin \"",
            origin,
            "\"\nheader ",
            path,
            " Access-Control-Expose-Headers \"Retry-After\"\nhandle @preflight {\n    header \
             Access-Control-Allow-Methods \"POST\"\n    header Access-Control-Allow-Headers \"",
            &names,
            "\"\n    header Access-Control-Max-Age \"7200\"\n    respond 204\n}\n",
        ]
        .concat();
        let allowed: Vec<String> = self.header_names.iter().map(|name| format!("\"{name}\"")).collect();
        let express = [
            "// npm install cors\nimport cors from \"cors\";\n\nconst allow = cors({\n    origin: \"",
            origin,
            "\",\n    methods: [\"POST\"],\n    allowedHeaders: [",
            &allowed.join(", "),
            "],\n    exposedHeaders: [\"Retry-After\"],\n    maxAge: 7200,\n});\napp.options(\"",
            path,
            "\", allow);\napp.post(\"",
            path,
            "\", allow, (request, response) => { /* … */ });\n",
        ]
        .concat();
        let worker = [
            "const CORS = {\n    \"Access-Control-Allow-Origin\": \"",
            origin,
            "\",\n    \"Access-Control-Allow-Methods\": \"POST\",\n    \"Access-Control-Allow-Headers\": \"",
            &names,
            "\",\n    \"Access-Control-Expose-Headers\": \"Retry-After\",\n    \"Access-Control-Max-Age\": \
             \"7200\",\n};\nexport default {\n    async fetch(request) {\n        if (request.method === \"OPTIONS\") \
             return new Response(null, { status: 204, headers: CORS });\n        const response = await \
             receive(request);\n        const headers = new Headers(response.headers);\n        for (const [name, value] \
             of Object.entries(CORS)) headers.set(name, value);\n        return new Response(response.body, { status: \
             response.status, headers });\n    },\n};\n",
        ]
        .concat();
        [("nginx", nginx), ("Apache", apache), ("Caddy", caddy), ("Express", express), ("Cloudflare Worker", worker)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> CorsCase {
        let request = RenderedRequest {
            url: "https://erp.example.com:8443/orders?x=1".to_owned(),
            headers: [
                ("X-Api-Key", "k"),
                ("Content-Type", "application/json"),
                (FLOW_ID_HEADER, "f"),
                ("Accept", "*/*"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
            body: String::new(),
        };
        CorsCase::new("https://app.example", "https://erp.example.com:8443", Some(&request))
    }

    #[test]
    fn the_preflight_names_what_the_request_carries() {
        assert_eq!(
            case().preflight(),
            "OPTIONS /orders\nHost: erp.example.com:8443\nOrigin: https://app.example\n\
             Access-Control-Request-Method: POST\n\
             Access-Control-Request-Headers: content-type, x-api-key, x-klaviyo-flow-id"
        );
    }

    #[test]
    fn every_server_allows_the_app_and_every_header() {
        for (server, text) in case().settings() {
            for needed in
                ["https://app.example", "content-type", "x-api-key", "x-klaviyo-flow-id", "Retry-After", "POST"]
            {
                assert!(text.contains(needed), "{server} lacks {needed}:\n{text}");
            }
            assert!(!text.contains("  \n") && !text.contains('*') || server == "Express", "{server}:\n{text}");
        }
    }

    #[test]
    fn without_a_request_the_common_headers_are_taken() {
        let case = CorsCase::new("https://app.example", "https://x.example", None);
        assert_eq!((case.path.as_str(), case.header_names.len()), ("/", 2));
    }
}
