//! A compiled template, kept and rendered a million times: its memory does not grow.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::Arc;

use hookwright::domain::template::engine::{CompileOptions, CompiledTemplate, Context, RenderSetting, compile_named};
use hookwright::domain::template::library::Library;
use serde_json::json;

use crate::fuzz::kilobytes;

const N_RENDERS: usize = 1_000_000;
const MAX_GROWTH_KILOBYTES: u64 = 2_048;
const IN_OWN_PROCESS: &str = "HOOKWRIGHT_MILLION_RENDERS";

/// Everything that remembers something while it renders: loops, cycles, names, changes, captures, includes, blocks.
const MAIN: &str = "{% extends 'base' %}{% block body %}{% for i in l %}{% cycle 'a' 'b' as c %}\
    {% ifchanged i.k %}{{ forloop.counter }}{% endifchanged %}{% with x=i.k %}{{ x|upper|default:'-' }}{% endwith %}\
    {% if i.n > 1 and i.k %}{{ i.n|floatformat:2 }}{% endif %}{% endfor %}{% filter lower %}{{ s }}{% endfilter %}\
    {% include 'part' with y=s only %}{{ block.super }}{{ ns.sort }}{{ ns.0 }}{% firstof a s as z %}{% endblock %}";

fn template() -> CompiledTemplate {
    let sources = BTreeMap::from(
        [("main", MAIN), ("base", "<{% block body %}x{% endblock %}>"), ("part", "({{ y }})")]
            .map(|(name, source)| (name.to_owned(), source.to_owned())),
    );
    let options = CompileOptions::default();
    compile_named(&Arc::new(Library::new(sources, options.clone())), "main", &options).expect("it compiles")
}

#[test]
fn a_million_renders_of_one_template_keep_no_memory() {
    if std::env::var_os(IN_OWN_PROCESS).is_none() {
        // Alone, so that the memory is its own.
        let name = "bounds::a_million_renders_of_one_template_keep_no_memory";
        let ended = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", name, "--nocapture"])
            .env(IN_OWN_PROCESS, "1")
            // Its own count of tests is no part of ours.
            .stdout(Stdio::null())
            .status()
            .expect("it starts again");
        assert!(ended.success(), "memory grew");
        return;
    }
    let template = template();
    let context =
        json!({"l": [{"k": "a", "n": 1}, {"k": "a", "n": 2.5}, {"k": "b", "n": 3}], "s": "Text", "ns": [3, 1, 2]});
    let context = Context::from_json(context.as_object().expect("an object"));
    let setting = RenderSetting::default();
    let expected = "<a1AbA2.50a3B3.00text(Text)xNone1>";
    let mut after_warming = 0;
    for number in 0..N_RENDERS {
        // With origins now and then: typing asks for them, sending does not.
        let text = match number % 8 {
            0 => template.render(&context, &setting).expect("it renders").text,
            _ => template.render_text(&context, &setting).expect("it renders"),
        };
        assert_eq!(text, expected);
        if number == N_RENDERS / 100 {
            after_warming = kilobytes().unwrap_or(0);
        }
    }
    let grown = kilobytes().unwrap_or(0).saturating_sub(after_warming);
    eprintln!("{N_RENDERS} renders, {grown} kB more than after the first hundredth");
    assert!(grown <= MAX_GROWTH_KILOBYTES, "{grown} kB more after {N_RENDERS} renders");
}
