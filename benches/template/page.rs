//! The engine as a page can call it, compiled as the app is shipped, for the suite `template`.
//!
//! In: sources and JSON. Out: rendered text. Contexts stay in Wasm, as the app keeps an event's.

#[cfg(target_arch = "wasm32")]
mod page {
    use hookwright::domain::template::engine::{CompileOptions, CompiledTemplate, Context, RenderSetting, compile};
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    pub struct BenchContext(Context);

    #[wasm_bindgen]
    impl BenchContext {
        #[wasm_bindgen(constructor)]
        pub fn new(json: &str) -> Self {
            Self(Context::from_json_text(json).unwrap_or_else(|| Context::from_json(&serde_json::Map::new())))
        }
    }

    /// Compiles a template and renders it once, as the app does at a keystroke.
    #[wasm_bindgen]
    pub fn render_source(source: &str, context: &BenchContext) -> String {
        BenchTemplate::new(source).render(context)
    }

    #[wasm_bindgen]
    pub struct BenchTemplate(Option<CompiledTemplate>);

    #[wasm_bindgen]
    impl BenchTemplate {
        #[wasm_bindgen(constructor)]
        pub fn new(source: &str) -> Self {
            Self(compile(source, &CompileOptions::default()).ok())
        }

        pub fn render(&self, context: &BenchContext) -> String {
            let text = |template: &CompiledTemplate| template.render_text(&context.0, &RenderSetting::default()).ok();
            self.0.as_ref().and_then(text).unwrap_or_default()
        }

        /// Renders for a context that comes as JSON text.
        pub fn render_json(&self, json: &str) -> String {
            self.render(&BenchContext::new(json))
        }

        /// Renders with origins, as the app does while a person types; gives the length only.
        pub fn render_with_origins(&self, context: &BenchContext) -> usize {
            let len = |template: &CompiledTemplate| {
                let rendered = template.render(&context.0, &RenderSetting::default()).ok()?;
                Some(rendered.text.len() + rendered.pieces.len())
            };
            self.0.as_ref().and_then(len).unwrap_or_default()
        }
    }
}
