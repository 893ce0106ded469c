//! What can be written at a caret, and what stands there.
//!
//! In: source, caret, context, dialect. Out: completions with values and help; the help for the word at a place.
//! Invariant: tags and filters come from the catalog, the one table that the engine uses; positions are bytes.

pub mod help;
pub mod items;
pub mod place;
pub mod snippets;

use serde_json::{Map, Value};

use crate::domain::template::catalog::{self, Dialect};
use crate::view_model::completion::help::{evidence_note, filter_title};
use crate::view_model::completion::items::{keys_for_lookup, members, roots, text_variables};
use crate::view_model::completion::place::{Place, Word, name_at_end, place_at, word_before};
use crate::view_model::template_scope::{Scope, scope_at, split_outside_quotes};

/// What a completion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    Variable,
    Filter,
    Tag,
    Snippet,
}

impl ItemKind {
    /// The word that the list shows beside it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Variable => "variable",
            Self::Filter => "filter",
            Self::Tag => "tag",
            Self::Snippet => "snippet",
        }
    }
}

/// Something that can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionItem {
    pub kind: ItemKind,
    /// What is matched against what was typed.
    pub label: String,
    /// A value or a signature.
    pub detail: String,
    /// Help, a sentence a line.
    pub info: String,
    /// What is written; `${…}` marks places to fill in.
    pub insert: String,
    /// From where on it replaces, if not from where the word begins.
    pub replace_from: Option<usize>,
}

/// What a caret's surroundings are completed from.
#[derive(Debug, Clone, Copy)]
pub struct Completed<'a> {
    pub source: &'a str,
    /// The caret, in bytes.
    pub at: usize,
    pub context: &'a Map<String, Value>,
    pub dialect: Dialect,
    /// What can be included and extended, each a name and a source.
    pub snippets: &'a [(String, String)],
    /// Asked for, rather than offered while typing.
    pub is_asked: bool,
}

/// What can be written, from where on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// Where the word that is being completed begins.
    pub from: usize,
    pub items: Vec<CompletionItem>,
}

/// What can be written at the caret.
pub fn complete(completed: &Completed<'_>) -> Option<Completion> {
    let Completed { source, at, context, .. } = *completed;
    let completion = match place_at(source, at) {
        Place::Comment => return None,
        Place::Text { is_in_string } => {
            let scope = scope_at(source, at, context);
            in_text(completed, &scope, is_in_string)?
        }
        Place::Tag { is_block, inner_start, is_closed } => {
            let scope = scope_at(source, inner_start.saturating_sub(2), context);
            let word = word_before(source, inner_start, at);
            if let Some(quote) = word.open_quote.filter(|quote| names_snippet(source, inner_start, *quote)) {
                Completion { from: quote + 1, items: snippets::names(completed.snippets) }
            } else if let Some(quote) = word.open_quote {
                in_quotes(completed, &scope, word, quote)?
            } else if is_block && word.is_first && !word.text.contains(['|', '.', ':']) {
                Completion { from: word.start, items: snippets::tags(completed.dialect, &scope, is_closed) }
            } else {
                in_expression(completed, &scope, word)?
            }
        }
    };
    (!completion.items.is_empty()).then_some(completion)
}

fn in_text(completed: &Completed<'_>, scope: &Scope<'_>, is_in_string: bool) -> Option<Completion> {
    let Completed { source, at, is_asked, .. } = *completed;
    let line = source.get(..at)?.rsplit('\n').next()?;
    // A path typed between tags is one word: `event.Items`.
    let start = line.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '.')));
    let start =
        start.map_or(0, |at| at + line.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let name = line.get(start..).unwrap_or_default();
    let from = at - name.len();
    let is_offered = is_asked || (!is_in_string && name.starts_with(|c: char| c.is_alphabetic() || c == '$'));
    if !is_offered {
        return None;
    }
    let mut items = if is_in_string { Vec::new() } else { snippets::json(scope) };
    items.extend(text_variables(scope, is_in_string));
    Some(Completion { from, items })
}

/// Whether the quote opens the name of a snippet: right after `include` or `extends`.
fn names_snippet(source: &str, inner_start: usize, quote: usize) -> bool {
    let before = source.get(inner_start..quote).unwrap_or_default();
    matches!(before.trim(), "include" | "extends") && before.ends_with(char::is_whitespace)
}

/// Inside the quotes of `lookup:'…'`: the keys.
fn in_quotes(completed: &Completed<'_>, scope: &Scope<'_>, word: Word<'_>, quote: usize) -> Option<Completion> {
    let before = completed.source.get(word.start..quote)?;
    let parent = before.strip_suffix(':')?.trim_end().strip_suffix("lookup")?.trim_end().strip_suffix('|')?;
    let value = scope.resolve(parent)?;
    let sign = completed.source.get(quote..quote + 1)?;
    let is_closed = completed.source.get(completed.at..).is_some_and(|rest| rest.starts_with(sign));
    let items = keys_for_lookup(value, |key| if is_closed { key.to_owned() } else { format!("{key}{sign}") });
    Some(Completion { from: quote + 1, items })
}

fn in_expression(completed: &Completed<'_>, scope: &Scope<'_>, word: Word<'_>) -> Option<Completion> {
    let parts = split_outside_quotes(word.text, '|');
    let last = *parts.last()?;
    let last_start = word.start + word.text.len() - last.len();
    let left = completed.source.get(word.start..last_start.saturating_sub(1)).unwrap_or_default();
    if parts.len() > 1 {
        if let Some((filter, arg)) = last.split_once(':') {
            let from = last_start + filter.len() + 1;
            if filter == "lookup" && arg.is_empty() {
                let items = keys_for_lookup(scope.resolve(left)?, |key| format!("'{key}'"));
                return Some(Completion { from, items });
            }
            return path(completed, scope, arg, from);
        }
        let mut items: Vec<_> = scope
            .resolve(left)
            .map(|value| keys_for_lookup(value, |key| format!("lookup:'{key}'")))
            .unwrap_or_default()
            .into_iter()
            .map(|item| CompletionItem { label: format!("lookup:'{}'", item.label), ..item })
            .collect();
        items.extend(filters(completed.dialect));
        return Some(Completion { from: last_start, items });
    }
    let is_loop_list = completed.source.get(..word.start).is_some_and(|before| before.ends_with(" in "));
    let completion = path(completed, scope, word.text, word.start)?;
    let is_worth_offering = completed.is_asked || is_loop_list || !word.text.is_empty() || word.is_first;
    is_worth_offering.then_some(completion)
}

/// A name, or what follows the last dot of a path.
fn path(completed: &Completed<'_>, scope: &Scope<'_>, text: &str, start: usize) -> Option<Completion> {
    match text.rfind('.') {
        Some(dot) => {
            let value = scope.resolve(text.get(..dot)?)?;
            Some(Completion { from: start + dot + 1, items: members(value, start + dot) })
        }
        None => {
            let range = name_at_end(text);
            let mut items = roots(scope);
            items.extend(snippets::words(completed.source, start));
            Some(Completion { from: start + range.start, items })
        }
    }
}

fn filters(dialect: Dialect) -> Vec<CompletionItem> {
    catalog::filters_of(dialect)
        .map(|spec| CompletionItem {
            kind: ItemKind::Filter,
            label: spec.name.to_owned(),
            detail: filter_title(spec),
            info: format!("{}\n{}{}", spec.doc, spec.example, evidence_note(spec.evidence, dialect)),
            insert: if spec.min_args == 0 {
                spec.name.to_owned()
            } else {
                format!("{}:{}", spec.name, snippets::argument(spec.example_arg()))
            },
            replace_from: None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view_model::json_text::parse_object;

    const CONTEXT: &str = r#"{"email": "ann@example.com", "event": {"OrderId": "10023", "$value": 29.5, "Ship To": {"City": "Oslo"},
        "Items": [{"SKU": "A-1", "Item Price": 5}]}}"#;

    fn complete_marked(marked: &str, is_asked: bool) -> Option<(String, Vec<CompletionItem>)> {
        let context = parse_object(CONTEXT).expect("JSON");
        let at = marked.find('¦').expect("a caret");
        let source = marked.replace('¦', "");
        let snippets = [("greeting".to_owned(), "Dear {{ email }}".to_owned())];
        let completed = Completed {
            source: &source,
            at,
            context: &context,
            dialect: Dialect::Klaviyo,
            snippets: &snippets,
            is_asked,
        };
        complete(&completed).map(|completion| (source[completion.from..at].to_owned(), completion.items))
    }

    /// The word that is completed, and one of the items: `label → insert`.
    #[track_caller]
    fn check(marked: &str, word: &str, expected: &str) {
        let (found, items) = complete_marked(marked, false).unwrap_or_else(|| panic!("nothing at {marked}"));
        let said: Vec<_> = items.iter().map(|item| format!("{} → {}", item.label, item.insert)).collect();
        assert_eq!(found, word, "{marked}");
        assert!(said.iter().any(|said| said == expected), "{marked}: {said:#?}");
    }

    #[test]
    fn names_complete_as_they_must_be_written() {
        check("{{ ev¦", "ev", "event → event");
        check("{{ event.Or¦ }}", "Or", "OrderId → OrderId");
        check("{{ event.¦ }}", "", "$value → |lookup:'$value'");
        check("{{ event.Ship¦", "Ship", "Ship To → |lookup:'Ship To'");
        check("{{ event|lookup:'Ship To'|¦", "", "lookup:'City' → lookup:'City'");
        check("{{ event|lookup:¦", "", "$value → '$value'");
        check("{{ event|lookup:'S¦", "S", "Ship To → Ship To'");
        check("{{ event|lookup:'S¦' }}", "S", "Ship To → Ship To");
        check("{{ event.Items.¦", "", "0 → 0");
        check("{% for i in event.Items %}{{ i.¦ }}", "", "SKU → SKU");
        check("{% for i in event.Items %}{{ i.It¦ }}", "It", "Item Price → |lookup:'Item Price'");
        check("{% for i in ev¦ %}", "ev", "event → event");
        check("{% if event.OrderId == em¦ %}", "em", "email → email");
    }

    #[test]
    fn filters_and_tags_come_from_the_catalog() {
        check("{{ email|up¦", "up", "upper → upper");
        check("{{ email|def¦ }}", "def", "default → default:\"${there}\"");
        check("{% fo¦", "fo", "for → for ${item} in ${event.Items} %}${}{% endfor %}");
        check("{% fo¦ %}", "fo", "for → for ${item} in ${event.Items} %}${}{% endfor");
        check("{% for a in b %}{% e¦ %}", "e", "endfor → endfor");
        check("{% if a %}{% el¦ %}", "el", "else → else");
        check("{% include '¦' %}", "", "greeting → greeting");
        check("{% extends \"gr¦", "gr", "greeting → greeting");
        assert_eq!(complete_marked("{% if email == 'gr¦' %}", false), None);
        assert!(complete_marked("{{ email|inc¦", false).is_some_and(|(_, items)| {
            items.iter().all(|item| item.kind == ItemKind::Filter && item.label != "json_script")
        }));
    }

    #[test]
    fn between_tags_values_come_as_json_needs_them() {
        check("{\"a\": Ord¦", "Ord", "event.OrderId → \"{{ event.OrderId }}\"");
        check("{\"a\": event.Or¦", "event.Or", "event.OrderId → \"{{ event.OrderId }}\"");
        check("{\"a\": val¦", "val", "event|lookup:'$value' → {{ event|lookup:'$value' }}");
        check(
            "{\"a\": loo¦",
            "loo",
            "loop with commas → [{% for ${item} in ${event.Items} %}\n  ${}{% if not forloop.last %},{% endif %}{% endfor %}\n]",
        );
        let (_, items) = complete_marked("{\"a\": \"x ¦\"}", true).expect("asked for");
        assert!(items.iter().any(|item| item.insert == "{{ event.OrderId }}"));
        assert_eq!(complete_marked("{\"a\": \"Ord¦", false), None, "words of a text are no names");
        assert_eq!(complete_marked("{# ev¦ #}", true), None);
    }

    #[test]
    fn items_say_their_value_or_what_they_do() {
        let (_, items) = complete_marked("{{ event.¦", false).expect("members");
        let order = items.iter().find(|item| item.label == "OrderId").expect("OrderId");
        assert_eq!(order.detail, "\"10023\"");
        let (_, items) = complete_marked("{{ email|esc¦", false).expect("filters");
        let escapejs = items.iter().find(|item| item.label == "escapejs").expect("escapejs");
        assert!(escapejs.info.contains("JSON string") && escapejs.info.contains("does not document"), "{escapejs:?}");
    }
}
