//! Templates that include and extend each other.
//!
//! In: sources by name. Out: compiled templates, kept.
//! Invariant: a template is compiled once for each way it is used.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::{Error, ErrorKind};

use crate::domain::template::engine::{CompileOptions, CompiledTemplate, compile_unit};
use crate::domain::template::problem::Severity;
use crate::domain::template::run::Scopes;

/// A template, the parents that a rendering found for it, and whether it escapes.
type Key = (String, Vec<String>, bool);

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

    /// Renders a template inside a running one; `parents` are those that its sources do not name, as far as they are found.
    pub fn render_nested(
        self: &Arc<Self>,
        name: &str,
        parents: &[String],
        is_autoescape_on: bool,
        scopes: &Arc<Scopes>,
    ) -> Result<String, Error> {
        let key = (name.to_owned(), parents.to_vec(), is_autoescape_on);
        let known = self.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let template = match known {
            Some(template) => template,
            None => {
                let options = CompileOptions { is_autoescape_on, ..self.options.clone() };
                let source = self.source(name).unwrap_or_default();
                let template = compile_unit(source, name, &options, Some(self), parents).map_err(|problems| {
                    let error = problems.into_iter().find(|problem| problem.severity == Severity::Error);
                    let message = error.map(|problem| problem.message).unwrap_or_default();
                    Error::new(ErrorKind::SyntaxError, format!("in template `{name}`: {message}"))
                })?;
                let template = Arc::new(template);
                self.compiled.lock().unwrap_or_else(PoisonError::into_inner).insert(key, template.clone());
                template
            }
        };
        template.render_nested(scopes)
    }
}
