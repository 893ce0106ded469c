//! The event and the profile as a tree of variables.
//!
//! In: a context, what is opened, a search, the scope at the caret. Out: rows, each with the text that a click inserts.
//! Invariant: shows at most `MAX_ROWS` rows, however large the event is.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::view_model::completion::items::member_expr;
use crate::view_model::template_scope::{Scope, short_value, type_word};

/// More rows would not be read, and would make the page slow.
const MAX_ROWS: usize = 400;
/// Fields that a search looks at.
const MAX_SEARCHED: usize = 50_000;

/// One line of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableRow {
    /// The expression from the root, which is also its identity.
    pub expr: String,
    pub name: String,
    /// From 1.
    pub depth: usize,
    /// `"10023"`, `2 items`.
    pub value: String,
    pub type_word: &'static str,
    /// `None` where there is nothing inside.
    pub is_open: Option<bool>,
}

/// The tree's lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VariableTree {
    pub rows: Vec<VariableRow>,
    /// Whether there is more than is shown.
    pub is_cut: bool,
}

/// The tree as it is opened; with a search, all that match by name, path or value.
pub fn variable_tree(context: &Map<String, Value>, open: &BTreeSet<String>, search: &str) -> VariableTree {
    let mut tree = VariableTree::default();
    let search = search.trim().to_lowercase();
    if search.is_empty() {
        for (name, value) in context {
            tree.open_row(name.clone(), name, value, 1, open);
        }
    } else {
        let mut n_left = MAX_SEARCHED;
        for (name, value) in context {
            tree.search(name.clone(), name, value, &search, &mut n_left);
        }
    }
    tree
}

impl VariableTree {
    fn push(&mut self, expr: String, name: &str, value: &Value, depth: usize, is_open: Option<bool>) {
        if self.rows.len() >= MAX_ROWS {
            self.is_cut = true;
            return;
        }
        let row = VariableRow {
            expr,
            name: name.to_owned(),
            depth,
            value: short_value(value),
            type_word: type_word(value),
            is_open,
        };
        self.rows.push(row);
    }

    fn open_row(&mut self, expr: String, name: &str, value: &Value, depth: usize, open: &BTreeSet<String>) {
        if self.is_cut {
            return;
        }
        let has_inside = match value {
            Value::Object(object) => !object.is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => false,
        };
        let is_open = has_inside.then(|| open.contains(&expr));
        self.push(expr.clone(), name, value, depth, is_open);
        if is_open != Some(true) {
            return;
        }
        match value {
            Value::Object(object) => {
                for (key, inner) in object {
                    self.open_row(member_expr(&expr, key), key, inner, depth + 1, open);
                }
            }
            Value::Array(items) => {
                for (item_idx, inner) in items.iter().enumerate() {
                    let name = item_idx.to_string();
                    self.open_row(member_expr(&expr, &name), &name, inner, depth + 1, open);
                }
            }
            _ => {}
        }
    }

    fn search(&mut self, expr: String, name: &str, value: &Value, search: &str, n_left: &mut usize) {
        if *n_left == 0 || self.is_cut {
            self.is_cut = true;
            return;
        }
        *n_left -= 1;
        let is_value = |value: &Value| match value {
            Value::String(text) => text.to_lowercase().contains(search),
            Value::Number(number) => number.to_string().contains(search),
            _ => false,
        };
        if name.to_lowercase().contains(search) || expr.to_lowercase().ends_with(search) || is_value(value) {
            self.push(expr.clone(), &expr, value, 1, None);
        }
        match value {
            Value::Object(object) => {
                for (key, inner) in object {
                    self.search(member_expr(&expr, key), key, inner, search, n_left);
                }
            }
            Value::Array(items) => {
                for (item_idx, inner) in items.iter().enumerate() {
                    let name = item_idx.to_string();
                    self.search(member_expr(&expr, &name), &name, inner, search, n_left);
                }
            }
            _ => {}
        }
    }
}

/// The expression as it is best written inside the loops around the caret: `event.Items.0.SKU` is `item.SKU` there.
pub fn expr_in_scope(expr: &str, scope: &Scope<'_>) -> String {
    for name in scope.names.iter().rev() {
        let Some(list) = &name.list else { continue };
        let rest = expr.strip_prefix(list.as_str()).and_then(strip_index);
        if let Some(rest) = rest {
            return format!("{}{rest}", name.name);
        }
    }
    expr.to_owned()
}

/// What follows `.0` or `|lookup:'0'`.
fn strip_index(rest: &str) -> Option<&str> {
    if let Some(rest) = rest.strip_prefix("|lookup:'") {
        let end = rest.find('\'')?;
        return rest.get(..end)?.parse::<usize>().ok().and_then(|_| rest.get(end + 1..));
    }
    let rest = rest.strip_prefix('.')?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    (end > 0).then(|| rest.get(end..)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view_model::json_text::parse_object;
    use crate::view_model::template_scope::scope_at;

    fn context() -> Map<String, Value> {
        parse_object(
            r#"{"email": "ann@example.com", "event": {"Items": [{"SKU": "A-1"}], "$value": 29.5, "Empty": {}}}"#,
        )
        .expect("JSON")
    }

    #[test]
    fn a_tree_shows_what_is_opened() {
        let open = BTreeSet::from(["event".to_owned(), "event.Items".to_owned()]);
        let rows = variable_tree(&context(), &open, "").rows;
        let said: Vec<_> = rows.iter().map(|row| format!("{} {} {:?}", row.depth, row.expr, row.is_open)).collect();
        assert_eq!(
            said,
            [
                "1 email None",
                "1 event Some(true)",
                "2 event.Items Some(true)",
                "3 event.Items.0 Some(false)",
                "2 event|lookup:'$value' None",
                "2 event.Empty None",
            ]
        );
    }

    #[test]
    fn a_search_finds_names_and_values_at_any_depth() {
        let found = |search| {
            let rows = variable_tree(&context(), &BTreeSet::new(), search).rows;
            rows.into_iter().map(|row| row.expr).collect::<Vec<_>>()
        };
        assert_eq!(found("sku"), ["event.Items.0.SKU"]);
        assert_eq!(found("29.5"), ["event|lookup:'$value'"]);
        assert_eq!(found("nothing"), Vec::<String>::new());
    }

    #[test]
    fn a_large_event_is_cut() {
        let mut context = Map::new();
        context.insert("event".to_owned(), Value::Array(vec![Value::Null; 100_000]));
        let tree = variable_tree(&context, &BTreeSet::from(["event".to_owned()]), "");
        assert_eq!((tree.rows.len(), tree.is_cut), (MAX_ROWS, true));
    }

    #[test]
    fn inside_a_loop_its_name_is_used() {
        let context = context();
        let source = "{% for item in event.Items %}";
        let inside = scope_at(source, source.len(), &context);
        assert_eq!(expr_in_scope("event.Items.0.SKU", &inside), "item.SKU");
        assert_eq!(expr_in_scope("event.Items.0", &inside), "item");
        assert_eq!(expr_in_scope("event.Items", &inside), "event.Items");
        assert_eq!(expr_in_scope("event.Items.0.SKU", &scope_at("", 0, &context)), "event.Items.0.SKU");
    }
}
