//! The binding to the code editor, a script that is loaded when it is first needed.
//!
//! In: an element, text, problems, callbacks. Out: what a person types and asks for.
//! Invariant: the one place that knows the editor's JavaScript interface; all places are UTF-16 units.

use leptos::prelude::*;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::Element;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen_futures::JsFuture;

use crate::view_model::completion::help::Help;
use crate::view_model::completion::{Completion, CompletionItem};
use crate::view_model::utf16::utf16_ranges;

/// What the editor asks of the page.
#[derive(Clone, Copy)]
pub struct EditorCallbacks {
    pub on_change: Callback<String>,
    /// The caret's place.
    pub on_caret: Callback<usize>,
    /// The place under the pointer.
    pub on_hover: Callback<Option<usize>>,
    /// Text, caret, and whether it was asked for.
    pub complete: Callback<(String, usize, bool), Option<Completion>>,
    pub help: Callback<(String, usize), Option<Help>>,
    /// The problem's number.
    pub on_fix: Callback<usize>,
    /// A file that is no text.
    pub on_refuse: Callback<String>,
    /// `format`, `fix`.
    pub on_command: Callback<String>,
}

/// A problem as the editor shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditorProblem {
    pub from: u32,
    pub to: u32,
    /// `error`, `warning` or `info`.
    pub severity: &'static str,
    pub message: String,
    /// Empty where there is no fix.
    pub fix_label: String,
}

/// A mounted editor. Dropped, it leaves the page.
pub struct CodeEditor {
    editor: JsValue,
}

/// Loads the editor's script. Says why when it does not come.
pub async fn load() -> Result<JsValue, String> {
    let describe = |error: JsValue| error.as_string().unwrap_or_else(|| "the script did not arrive".to_owned());
    let start = || -> Result<Promise, JsValue> {
        let boot = Reflect::get(&js_sys::global(), &"hookwrightBoot".into())?;
        let load: Function = Reflect::get(&boot, &"loadEditor".into())?.dyn_into()?;
        load.call0(&boot)?.dyn_into()
    };
    JsFuture::from(start().map_err(describe)?).await.map_err(describe)
}

impl CodeEditor {
    /// Puts an editor into an element.
    pub fn mount(
        module: &JsValue,
        host: &Element,
        text: &str,
        (label, description): (&str, &str),
        callbacks: EditorCallbacks,
    ) -> Result<Self, JsValue> {
        let object = callback_object(callbacks)?;
        let mount: Function = Reflect::get(module, &"mount".into())?.dyn_into()?;
        let args = Array::of5(host, &text.into(), &label.into(), &description.into(), &object);
        let editor = mount.apply(module, &args)?;
        Ok(Self { editor })
    }

    fn call(&self, name: &str, args: &Array) {
        let called = Reflect::get(&self.editor, &name.into())
            .and_then(JsCast::dyn_into::<Function>)
            .and_then(|method| method.apply(&self.editor, args));
        if called.is_err() {
            leptos::logging::warn!("the editor refused {name}");
        }
    }

    pub fn set_text(&self, text: &str) {
        self.call("setText", &Array::of2(&text.into(), &JsValue::TRUE));
    }

    /// Writes at the caret; `${…}` marks places to fill in.
    pub fn insert(&self, template: &str) {
        self.call("insert", &Array::of1(&template.into()));
    }

    pub fn select(&self, from: u32, to: u32) {
        self.call("select", &Array::of2(&from.into(), &to.into()));
    }

    pub fn show_origin(&self, from: u32, to: u32, is_scrolled: bool) {
        self.call("showOrigin", &Array::of3(&from.into(), &to.into(), &is_scrolled.into()));
    }

    pub fn set_problems(&self, problems: &[EditorProblem]) {
        let mut flat = Array::new();
        for EditorProblem { from, to, severity, message, fix_label } in problems {
            flat.extend([
                JsValue::from(*from),
                JsValue::from(*to),
                JsValue::from(*severity),
                JsValue::from(message),
                JsValue::from(fix_label),
            ]);
        }
        self.call("setProblems", &Array::of1(&flat));
    }

    /// Lets nothing be changed, and says why; with `None` everything can be again.
    pub fn set_lock(&self, reason: Option<&str>) {
        self.call("setLock", &Array::of1(&reason.unwrap_or_default().into()));
    }

    pub fn focus(&self) {
        self.call("focus", &Array::new());
    }
}

impl Drop for CodeEditor {
    fn drop(&mut self) {
        self.call("destroy", &Array::new());
    }
}

fn set(object: &Object, name: &str, value: &JsValue) -> Result<(), JsValue> {
    Reflect::set(object, &name.into(), value).map(drop)
}

/// The callbacks as the script wants them; they live as long as the script holds them.
fn callback_object(callbacks: EditorCallbacks) -> Result<Object, JsValue> {
    let EditorCallbacks { on_change, on_caret, on_hover, complete, help, on_fix, on_refuse, on_command } = callbacks;
    let text_of = |value: JsValue| value.as_string().unwrap_or_default();
    let place_of = |value: &JsValue| to_place(value).unwrap_or(0);
    let functions: [(&str, JsValue); 8] = [
        ("change", listener(move |value| on_change.run(text_of(value)))),
        ("caret", listener(move |value| on_caret.run(place_of(&value)))),
        ("hover", listener(move |value| on_hover.run(to_place(&value)))),
        ("fix", listener(move |value| on_fix.run(place_of(&value)))),
        ("refuse", listener(move |value| on_refuse.run(text_of(value)))),
        ("command", listener(move |value| on_command.run(text_of(value)))),
        (
            "complete",
            Closure::<dyn Fn(JsValue, JsValue, JsValue) -> JsValue>::new(
                move |text: JsValue, at: JsValue, is_asked: JsValue| {
                    let text = text_of(text);
                    let completion = complete.run((text.clone(), place_of(&at), is_asked.is_truthy()));
                    completion.and_then(|completion| completion_object(&text, completion).ok()).into()
                },
            )
            .into_js_value(),
        ),
        (
            "help",
            Closure::<dyn Fn(JsValue, JsValue) -> JsValue>::new(move |text: JsValue, at: JsValue| {
                let text = text_of(text);
                let help = help.run((text.clone(), place_of(&at)));
                help.and_then(|help| help_object(&text, &help).ok()).into()
            })
            .into_js_value(),
        ),
    ];
    let object = Object::new();
    for (name, function) in functions {
        set(&object, name, &function)?;
    }
    Ok(object)
}

fn listener(act: impl Fn(JsValue) + 'static) -> JsValue {
    Closure::<dyn Fn(JsValue)>::new(act).into_js_value()
}

/// `None` for what is no place, such as −1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a place in a text")]
fn to_place(value: &JsValue) -> Option<usize> {
    value.as_f64().filter(|place| (0.0..4e9).contains(place)).map(|place| place as usize)
}

fn completion_object(text: &str, completion: Completion) -> Result<JsValue, JsValue> {
    let Completion { from, items } = completion;
    let units = |at: usize| {
        let range = at..at;
        JsValue::from(utf16_ranges(text, std::slice::from_ref(&range)).first().map_or(0, |range| range.start))
    };
    let object = Object::new();
    set(&object, "from", &units(from))?;
    let list = Array::new();
    for CompletionItem { kind, label, detail, info, insert, replace_from } in items {
        let item = Object::new();
        set(&item, "kind", &kind.word().into())?;
        set(&item, "label", &label.into())?;
        set(&item, "detail", &detail.into())?;
        set(&item, "info", &info.into())?;
        set(&item, "insert", &insert.into())?;
        set(&item, "replaceFrom", &replace_from.map_or(JsValue::from(-1), units))?;
        list.push(&item);
    }
    set(&object, "items", &list)?;
    Ok(object.into())
}

fn help_object(text: &str, help: &Help) -> Result<JsValue, JsValue> {
    let range = utf16_ranges(text, std::slice::from_ref(&help.range)).into_iter().next().unwrap_or(0..0);
    let object = Object::new();
    set(&object, "from", &range.start.into())?;
    set(&object, "to", &range.end.into())?;
    set(&object, "title", &JsValue::from(&help.title))?;
    set(&object, "lines", &help.lines.iter().map(JsValue::from).collect::<Array>())?;
    Ok(object.into())
}
