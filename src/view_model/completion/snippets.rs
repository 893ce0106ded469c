//! Pieces of template with places to fill in.
//!
//! In: a dialect, and what is known at the caret. Out: completions whose text marks places as `${name}`.
//! Invariant: a loop is offered over a list that exists, where there is one.

use serde_json::Value;

use crate::domain::template::catalog::{self, Dialect};
use crate::view_model::completion::help::evidence_note;
use crate::view_model::completion::items::member_expr;
use crate::view_model::completion::{CompletionItem, ItemKind};
use crate::view_model::template_scope::Scope;

fn item(kind: ItemKind, label: &str, detail: &str, info: String, insert: String) -> CompletionItem {
    CompletionItem { kind, label: label.to_owned(), detail: detail.to_owned(), info, insert, replace_from: None }
}

/// The list that a loop is most likely wanted over: of loops around the place before the event's, and of objects before
/// one of texts.
fn likely_list(scope: &Scope<'_>) -> Option<String> {
    fn find(expr: &str, value: &Value, depth: usize, is_good: &dyn Fn(&Value) -> bool) -> Option<String> {
        let Value::Object(object) = value else { return None };
        let list =
            object.iter().find(|(_, value)| value.as_array().and_then(|items| items.first()).is_some_and(is_good));
        if let Some((key, _)) = list {
            return Some(member_expr(expr, key));
        }
        let inside = |(key, value): (&String, &Value)| find(&member_expr(expr, key), value, depth + 1, is_good);
        if depth < 3 { object.iter().find_map(inside) } else { None }
    }
    let mut roots = scope.roots();
    roots.sort_by_key(|(name, _)| *name != "event" && !scope.names.iter().any(|given| given.name == *name));
    let first =
        |is_good: &dyn Fn(&Value) -> bool| roots.iter().find_map(|(name, value)| find(name, (*value)?, 0, is_good));
    first(&Value::is_object).or_else(|| first(&|_| true))
}

/// An argument with its inside marked to be filled in.
pub fn argument(example: &str) -> String {
    let quote = example.chars().next().filter(|c| matches!(c, '\'' | '"'));
    match quote {
        Some(quote) => format!("{quote}${{{}}}{quote}", example.trim_matches(quote)),
        None => format!("${{{example}}}"),
    }
}

/// Tags for `{% …`; what is open can be closed or continued.
pub fn tags(dialect: Dialect, scope: &Scope<'_>, is_closed: bool) -> Vec<CompletionItem> {
    let close = if is_closed { "" } else { " %}" };
    let mut items = Vec::new();
    if let Some(open) = scope.open.last() {
        let end = format!("end{open}");
        let info = format!("Closes `{open}`.");
        items.push(item(ItemKind::Tag, &end, &format!("closes {open}"), info, format!("{end}{close}")));
        let middles: &[(&str, &str)] = match open.as_str() {
            "if" => &[("else", "else"), ("elif", "elif ${condition}")],
            "for" => &[("empty", "empty")],
            "ifchanged" => &[("else", "else")],
            _ => &[],
        };
        for (label, insert) in middles {
            let info = format!("Another part of `{open}`.");
            items.push(item(ItemKind::Tag, label, &format!("in {open}"), info, format!("{insert}{close}")));
        }
    }
    let list = likely_list(scope).unwrap_or_else(|| "list".to_owned());
    for spec in catalog::tags_of(dialect) {
        let args = match spec.name {
            "for" => format!(" ${{item}} in ${{{list}}}"),
            "if" => " ${condition}".to_owned(),
            "with" => " ${name}=${value}".to_owned(),
            "autoescape" => " ${off}".to_owned(),
            "now" => " \"${Y-m-d}\"".to_owned(),
            "today" => " \"${%Y-%m-%d}\" as ${today}".to_owned(),
            "currency_format" => " ${value}".to_owned(),
            "filter" => " ${escapejs}".to_owned(),
            "comment" | "verbatim" | "spaceless" => String::new(),
            name if name.starts_with("current_") => String::new(),
            _ => " ${…}".to_owned(),
        };
        let insert = match spec.end {
            "" => format!("{}{args}{close}", spec.name),
            end => format!("{}{args} %}}${{}}{{% {end}{close}", spec.name),
        };
        let info = format!("{}\n{}{}", spec.doc, spec.example, evidence_note(spec.evidence, dialect));
        items.push(item(ItemKind::Tag, spec.name, spec.example, info, insert));
    }
    items
}

/// Snippets for a place where JSON wants a value.
pub fn json(scope: &Scope<'_>) -> Vec<CompletionItem> {
    let list = likely_list(scope).unwrap_or_else(|| "list".to_owned());
    let rows = [
        ("object", "{ \"name\": … }", "A JSON object.", "{\n  \"${name}\": ${}\n}".to_owned()),
        (
            "loop with commas",
            "[{% for … %}]",
            "A JSON list with one value for each item, and a comma between them.",
            format!(
                "[{{% for ${{item}} in ${{{list}}} %}}\n  ${{}}{{% if not forloop.last %}},{{% endif %}}{{% endfor %}}\n]"
            ),
        ),
        (
            "condition",
            "{% if … %}",
            "One value when a condition holds, another when not.",
            "{% if ${condition} %}${}{% else %}null{% endif %}".to_owned(),
        ),
        (
            "text with default",
            "|default:''",
            "Text that is empty when the variable is, with quotes and line breaks made safe for JSON.",
            "\"{{ ${variable}|default:''|escapejs }}\"".to_owned(),
        ),
        (
            "number with default",
            "|default:0",
            "A number that is 0 when the variable is missing.",
            "{{ ${variable}|default:0 }}".to_owned(),
        ),
        (
            "date",
            "|date:'Y-m-d'",
            "A date from text, written as year, month, day.",
            "\"{{ ${variable}|format_date_string|date:'${Y-m-d}' }}\"".to_owned(),
        ),
        (
            "money",
            "|floatformat:2",
            "An amount with two decimals.",
            "{{ ${variable}|default:0|floatformat:2 }}".to_owned(),
        ),
    ];
    rows.into_iter()
        .map(|(label, detail, info, insert)| item(ItemKind::Snippet, label, detail, info.to_owned(), insert))
        .collect()
}

/// Names of snippets, each with its first line.
pub fn names(snippets: &[(String, String)]) -> Vec<CompletionItem> {
    let first_line = |source: &str| source.lines().next().unwrap_or_default().chars().take(40).collect::<String>();
    let names = snippets.iter();
    names
        .map(|(name, source)| item(ItemKind::Snippet, name, &first_line(source), String::new(), name.clone()))
        .collect()
}

/// The words of `if` and `for`, where such a tag is being written.
pub fn words(source: &str, at: usize) -> Vec<CompletionItem> {
    let line = source.get(..at).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
    let inner = line.rsplit("{%").next().filter(|_| line.contains("{%")).unwrap_or_default().trim_start();
    let words: &[&str] = match inner.split_whitespace().next() {
        Some("if" | "elif") if inner.split_whitespace().count() > 1 => &["and", "or", "not", "in"],
        Some("if" | "elif") => &["not"],
        Some("for") if inner.split_whitespace().count() == 2 => &["in"],
        _ => &[],
    };
    words.iter().map(|word| item(ItemKind::Tag, word, "", String::new(), format!("{word} "))).collect()
}
