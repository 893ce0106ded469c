//! Templates that include and extend each other.
//!
//! In: sources by name. Out: compiled templates, kept.
//! Invariant: a template is compiled once for each way it is used.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::{Error, ErrorKind, Value};

use crate::domain::template::engine::{CompileOptions, CompiledTemplate, compile_unit};
use crate::domain::template::run::Scopes;

type Key = (String, Option<String>, bool);

/// Sources by name, and what was compiled of them.
#[derive(Debug)]
pub struct Library {
    sources: BTreeMap<String, String>,
    options: CompileOptions,
    compiled: Mutex<BTreeMap<Key, Arc<CompiledTemplate>>>,
}

impl Library {
    /// A library; `options` hold for each of its templates.
    pub fn new(sources: BTreeMap<String, String>, options: CompileOptions) -> Self {
        Self { sources, options, compiled: Mutex::default() }
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.sources.contains_key(name)
    }

    /// The source of a template.
    pub fn source(&self, name: &str) -> Option<&str> {
        self.sources.get(name).map(String::as_str)
    }

    /// Renders a template inside a running one; `parent` is what it extends when its source does not say.
    pub fn render_nested(
        self: &Arc<Self>,
        name: &str,
        parent: Option<&str>,
        is_autoescape_on: bool,
        scopes: &Arc<Scopes>,
    ) -> Result<String, Error> {
        let key = (name.to_owned(), parent.map(str::to_owned), is_autoescape_on);
        let known = self.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let template = match known {
            Some(template) => template,
            None => {
                let options = CompileOptions { is_autoescape_on, ..self.options.clone() };
                let source = self.source(name).unwrap_or_default();
                let template = compile_unit(source, name, &options, Some(self), parent).map_err(|problems| {
                    let message = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
                    Error::new(ErrorKind::SyntaxError, format!("in template `{name}`: {message}"))
                })?;
                let template = Arc::new(template);
                self.compiled.lock().unwrap_or_else(PoisonError::into_inner).insert(key, template.clone());
                template
            }
        };
        template.render_value(Value::from_dyn_object(scopes.clone()))
    }
}
