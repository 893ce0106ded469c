//! A case rendered by this project's engine.

use std::sync::Arc;

use hookwright::domain::template::engine::{CompileOptions, Context, RenderSetting, compile_named};
use hookwright::domain::template::library::Library;
use hookwright::domain::template::value::json_text::read_json_with_dates;

use crate::grammar::Case;

/// 2024-05-17T10:30:00Z, as the oracle's clock says.
pub const NOW_MILLIS: i64 = 1_715_941_800_000;

/// The output, or the first problem's message.
pub fn render(case: &Case) -> Result<String, String> {
    let options = CompileOptions {
        is_autoescape_on: case.autoescape,
        text_if_invalid: case.string_if_invalid.clone(),
        ..CompileOptions::default()
    };
    let library = Arc::new(Library::new(case.templates.clone(), options.clone()));
    let template = compile_named(&library, "main", &options).map_err(|problems| problems[0].message.clone())?;
    let setting = RenderSetting { now_millis: NOW_MILLIS, ..RenderSetting::default() };
    let context = Context::from_value(read_json_with_dates(&case.context.to_string()).unwrap_or_default());
    template.render(&context, &setting).map(|rendered| rendered.text).map_err(|problem| problem.message)
}
