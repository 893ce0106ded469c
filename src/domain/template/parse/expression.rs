//! Django's filter expressions: `name.key|filter:"argument"`.
//!
//! In: a piece of a tag. Out: a value with its filters, or what could not be read.
//! Invariant: accepts what Django's regular expression accepts, nothing else.
//!
//! <https://docs.djangoproject.com/en/5.2/ref/templates/language/#filters>

use crate::domain::template::parse::ast::{Expr, FilterUse, Head, Span};
use crate::domain::template::parse::words::quoted_len;
use crate::domain::template::value::big::{Int, int_of_text};
use crate::domain::template::value::is_space;
use crate::domain::template::value::number::parse_float;

/// Filters are compiled in each other, so their number is bounded.
const MAX_FILTERS: usize = 60;

/// Why an expression could not be read.
#[derive(Debug, Clone, PartialEq)]
pub struct BadExpr {
    pub code: &'static str,
    pub message: String,
    pub span: Span,
}

fn bad(code: &'static str, message: String, span: Span) -> BadExpr {
    BadExpr { code, message, span }
}

/// Reads `source[span]`.
pub fn parse_expr(source: &str, span: Span) -> Result<Expr, BadExpr> {
    let text = source.get(span.clone()).unwrap_or_default();
    let Some(head_len) = head_len(text) else {
        if filter_len(text).is_some() {
            return Err(bad("missing-variable", format!("there is no variable before `{text}`"), span));
        }
        return Err(remainder(source, span.start, span));
    };
    let head_span = span.start..span.start + head_len;
    let head = parse_head(source, head_span.clone())?;
    let mut filters = Vec::new();
    let mut at = head_span.end;
    while at < span.end {
        if filters.len() >= MAX_FILTERS {
            let message = format!("one value has more than {MAX_FILTERS} filters");
            return Err(bad("too-many-filters", message, at..span.end));
        }
        let rest = source.get(at..span.end).unwrap_or_default();
        let Some(parts) = filter_len(rest) else { return Err(remainder(source, at, span)) };
        let arg = match parts.arg {
            Some(arg) => {
                let arg = at + arg.start..at + arg.end;
                Some((parse_head(source, arg.clone())?, arg))
            }
            None => None,
        };
        let name_span = at + parts.name.start..at + parts.name.end;
        filters.push(FilterUse { name: source.get(name_span.clone()).unwrap_or_default().to_owned(), name_span, arg });
        at += parts.len;
    }
    Ok(Expr { head, head_span, filters, span })
}

/// Reads the filters of `{% filter upper|lower %}`: the first has no bar.
pub fn parse_filters(source: &str, span: Span) -> Result<Vec<FilterUse>, BadExpr> {
    let mut filters = Vec::new();
    let mut at = span.start;
    while at < span.end {
        let rest = source.get(at..span.end).unwrap_or_default();
        let (parts, shift) =
            if filters.is_empty() { (filter_len(&format!("|{rest}")), 1) } else { (filter_len(rest), 0) };
        let parts = parts.filter(|_| filters.len() < MAX_FILTERS);
        let Some(parts) = parts else { return Err(remainder(source, at, span)) };
        let place = |part: &Span| at + part.start - shift..at + part.end - shift;
        let arg = match &parts.arg {
            Some(arg) => Some((parse_head(source, place(arg))?, place(arg))),
            None => None,
        };
        let name_span = place(&parts.name);
        filters.push(FilterUse { name: source.get(name_span.clone()).unwrap_or_default().to_owned(), name_span, arg });
        at += parts.len - shift;
    }
    if filters.is_empty() {
        return Err(bad(
            "missing-filter",
            "`filter` needs the name of a filter, as in `{% filter upper %}`".to_owned(),
            span,
        ));
    }
    Ok(filters)
}

fn remainder(source: &str, at: usize, span: Span) -> BadExpr {
    let rest = source.get(at..span.end).unwrap_or_default();
    let whole = source.get(span.clone()).unwrap_or_default();
    bad("bad-expression", format!("`{rest}` in `{whole}` cannot be read"), at..span.end)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The length of the constant, name or number that the text begins with.
fn head_len(text: &str) -> Option<usize> {
    if let Some(len) = constant_len(text) {
        return Some(len);
    }
    let name = text.find(|letter| !is_word(letter) && letter != '.').unwrap_or(text.len());
    if name > 0 {
        return Some(name);
    }
    let rest = text.strip_prefix(['-', '+', '.'])?;
    rest.chars().next().filter(char::is_ascii_digit)?;
    Some(1 + rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != 'e').unwrap_or(rest.len()))
}

fn constant_len(text: &str) -> Option<usize> {
    if let Some(len) = quoted_len(text) {
        return Some(len);
    }
    let inner = text.strip_prefix("_(")?;
    let len = quoted_len(inner)?;
    inner.get(len..)?.starts_with(')').then_some(len + 3)
}

struct FilterParts {
    name: Span,
    arg: Option<Span>,
    len: usize,
}

fn filter_len(text: &str) -> Option<FilterParts> {
    let after_bar = text.trim_start_matches(is_space).strip_prefix('|')?.trim_start_matches(is_space);
    let start = text.len() - after_bar.len();
    let name_len = after_bar.find(|letter| !is_word(letter)).unwrap_or(after_bar.len());
    if name_len == 0 {
        return None;
    }
    let name = start..start + name_len;
    let arg = text.get(name.end..)?.strip_prefix(':').and_then(head_len).map(|len| name.end + 1..name.end + 1 + len);
    let len = arg.as_ref().map_or(name.end, |arg| arg.end);
    Some(FilterParts { name, arg, len })
}

/// Reads what Django takes for a number.
fn parse_number(text: &str) -> Option<Head> {
    if text.contains(['.', 'e', 'E']) {
        return if text.ends_with('.') { None } else { parse_float(text).map(Head::Float) };
    }
    Some(match int_of_text(text)? {
        Int::Small(int) => Head::Int(int),
        Int::Big(big) => Head::BigInt(big.to_string()),
    })
}

/// Reads a constant, a number or a dotted name.
pub fn parse_head(source: &str, span: Span) -> Result<Head, BadExpr> {
    let text = source.get(span.clone()).unwrap_or_default();
    // Most heads begin with what no number begins with.
    let is_name = text.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '_' | '"' | '\''));
    if let Some(number) = if is_name { None } else { parse_number(text) } {
        return Ok(number);
    }
    let translated = text.strip_prefix("_(").and_then(|rest| rest.strip_suffix(')'));
    let inner = translated.unwrap_or(text);
    if let Some(quote) = inner.chars().next().filter(|letter| matches!(letter, '\'' | '"')) {
        let content = inner.get(1..inner.len() - 1).unwrap_or_default();
        let content = if content.contains('\\') {
            content.replace(&format!("\\{quote}"), &quote.to_string()).replace("\\\\", "\\")
        } else {
            content.to_owned()
        };
        // A text to translate is a pattern, so its percent signs are doubled.
        return Ok(Head::Text(if translated.is_some() { content.replace('%', "%%") } else { content }));
    }
    if text.starts_with('_') || text.contains("._") {
        return Err(bad("private-name", format!("names may not begin with an underscore: `{text}`"), span));
    }
    Ok(Head::Path(text.split('.').map(str::to_owned).collect()))
}
