//! Reads the tree and holds it to the house's rules: who may import whom, what every module opens with, and that each
//! feature of the screen has its stylesheet.
//!
//! In: `src/`, `style/`, `index.html`. Out: one failure with every breach, each with its file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Which modules of ours each module may name, itself included. The reasons stand in ARCHITECTURE.md.
const MAY_IMPORT: [(&str, &[&str]); 6] = [
    ("domain", &["domain"]),
    ("view_model", &["view_model", "domain"]),
    ("storage", &["storage", "domain"]),
    ("runtime", &["runtime", "domain", "storage"]),
    ("browser", &["browser", "domain", "storage", "runtime"]),
    ("ui", &["ui", "domain", "view_model", "runtime"]),
];

/// Crates that only the modules named may use. Those of the browser are fenced by the target as well.
const CRATE_BELONGS_TO: [(&str, &[&str]); 6] = [
    ("gloo_net", &["browser"]),
    ("indexed_db_futures", &["browser"]),
    ("js_sys", &["browser", "ui"]),
    ("leptos", &["ui"]),
    ("wasm_bindgen_futures", &["browser", "ui"]),
    ("web_sys", &["browser", "ui"]),
];

#[test]
fn every_module_imports_only_what_its_row_allows() {
    report(sources().iter().flat_map(|(file, text)| import_breaches(file, text)));
}

#[test]
fn every_module_opens_by_saying_what_it_is() {
    report(sources().iter().filter(|(_, text)| !has_module_doc(text)).map(|(file, _)| {
        format!("{file}: does not open with `//!` that says what it is, what goes in and out, what it must never do")
    }));
}

#[test]
fn every_feature_of_the_screen_has_its_stylesheet() {
    let features = names_in("src/ui", |path| path.is_dir());
    report(missing_stylesheets(&features, &stylesheets()));
}

#[test]
fn every_stylesheet_is_linked_and_every_link_has_its_file() {
    report(link_breaches(&stylesheets(), &read("index.html")));
}

/// What `text` names that the module of `file` (a path under src/) may not.
fn import_breaches(file: &str, text: &str) -> Vec<String> {
    let code = without_comments(text);
    let mut breaches = Vec::new();
    if code.contains("super::super::") {
        breaches.push(format!("{file}: climbs with `super::super::`; write the `crate::` path"));
    }
    let module = file.split(['/', '.']).next().unwrap_or_default();
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
        // lib.rs lists the modules, main.rs puts them together: both may name all.
        return breaches;
    };
    for (name, _) in MAY_IMPORT {
        if !allowed.contains(&name) && names_below_crate(&code).contains(name) {
            breaches.push(format!("{file}: `{module}` may not import `{name}`"));
        }
    }
    for (foreign, owners) in CRATE_BELONGS_TO {
        if !owners.contains(&module) && has_path_root(&code, foreign) {
            breaches.push(format!("{file}: `{module}` may not use the crate `{foreign}`"));
        }
    }
    breaches
}

/// The names that follow `crate::`, those inside `crate::{…}` included.
fn names_below_crate(code: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for (start, _) in code.match_indices("crate::") {
        // `$crate::` in a macro counts; `my_crate::` does not.
        if code[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[start + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => names.extend(first_names_of_group(group)),
            None => {
                names.insert(identifier(rest));
            }
        }
    }
    names
}

/// Of `a::{b, c}, d}`: `a` and `d`.
fn first_names_of_group(group: &str) -> Vec<&str> {
    let mut names = vec![identifier(group.trim_start())];
    let mut depth = 0_usize;
    for (position, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(identifier(group[position + 1..].trim_start())),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Whether a path such as `leptos::…`, or `use leptos;`, stands in the code.
fn has_path_root(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(start, _)| {
        let is_start = !code[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        let after = &code[start + name.len()..];
        is_start && (after.starts_with("::") || after.starts_with(';') && code[..start].ends_with("use "))
    })
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The code without its line comments; the `//` of an address in a string, which follows a colon, is none.
fn without_comments(text: &str) -> String {
    text.lines()
        .map(|line| if line.trim_start().starts_with("//") { "" } else { line.split(" //").next().unwrap_or_default() })
        .map(|line| format!("{line}\n"))
        .collect()
}

fn has_module_doc(text: &str) -> bool {
    text.lines().find(|line| !line.starts_with("#![") && !line.trim().is_empty()).is_some_and(|l| l.starts_with("//! "))
}

fn missing_stylesheets(features: &[String], stylesheets: &[String]) -> Vec<String> {
    features
        .iter()
        .filter(|feature| !stylesheets.contains(&format!("{feature}.css")))
        .map(|feature| format!("src/ui/{feature}/ has no style/{feature}.css"))
        .collect()
}

fn link_breaches(stylesheets: &[String], html: &str) -> Vec<String> {
    let linked: Vec<&str> = html.split("href=\"style/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let unlinked = stylesheets
        .iter()
        .filter(|name| !linked.contains(&name.as_str()))
        .map(|name| format!("style/{name} is not linked in index.html"));
    let dangling = linked
        .iter()
        .filter(|name| !stylesheets.iter().any(|existing| existing == *name))
        .map(|name| format!("index.html links style/{name}, which does not exist"));
    unlinked.chain(dangling).collect()
}

pub fn report(breaches: impl IntoIterator<Item = String>) {
    let breaches: Vec<String> = breaches.into_iter().collect();
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file below src/, by its path from there, with its text; in the order of the paths.
pub fn sources() -> Vec<(String, String)> {
    let src = root().join("src");
    let mut files = Vec::new();
    collect_rust_files(&src, &mut files);
    files.sort();
    assert!(files.len() > 10, "src/ was not found");
    files.iter().map(|file| (file.strip_prefix(&src).unwrap().display().to_string(), read(file))).collect()
}

fn collect_rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn stylesheets() -> Vec<String> {
    names_in("style", |path| path.extension().is_some_and(|extension| extension == "css"))
}

fn names_in(folder: &str, is_wanted: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| is_wanted(path))
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

mod rules {
    use super::*;

    #[track_caller]
    fn check(file: &str, text: &str, expected: &[&str]) {
        let breaches = import_breaches(file, text);
        assert_eq!(breaches.len(), expected.len(), "{breaches:?}");
        for (breach, part) in breaches.iter().zip(expected) {
            assert!(breach.contains(part), "{breach:?} does not say {part:?}");
        }
    }

    #[test]
    fn an_import_within_the_row_passes() {
        check("domain/flow/engine.rs", "use crate::domain::time::Timestamp;\n", &[]);
        check("runtime/deliver.rs", "use crate::{domain::id::FlowId, storage::Store};\n", &[]);
        check("main.rs", "use hookwright::{browser, ui};\n", &[]);
    }

    #[test]
    fn an_import_against_the_row_is_named() {
        check("domain/event.rs", "use crate::storage::Store;\n", &["`domain` may not import `storage`"]);
        check("ui/builder/card.rs", "fn f() { crate::browser::fetch(); }\n", &["`ui` may not import `browser`"]);
        check("view_model.rs", "use crate::runtime::Handle;\n", &["`view_model` may not import `runtime`"]);
    }

    #[test]
    fn a_grouped_import_is_seen_on_all_its_levels_and_lines() {
        let text = "use crate::{\n    domain::{event::Event, id::FlowId},\n    ui::kit,\n};\n";
        check("runtime/mod.rs", text, &["`runtime` may not import `ui`"]);
        check("domain/mod.rs", "use crate::{domain::{storage, ui}, domain};\n", &[]);
    }

    #[test]
    fn a_foreign_crate_stays_in_its_module() {
        check("domain/mod.rs", "use leptos::prelude::*;\n", &["`domain` may not use the crate `leptos`"]);
        check("ui/mod.rs", "use leptos::prelude::*;\n", &[]);
        check("ui/mod.rs", "use gloo_net::http::Request;\n", &["the crate `gloo_net`"]);
        check("domain/mod.rs", "let my_leptos = 1; // leptos::prelude\n", &[]);
    }

    #[test]
    fn comments_may_name_anything() {
        check("domain/mod.rs", "/// See [`crate::runtime`].\n// crate::ui is above us.\n", &[]);
    }

    #[test]
    fn climbing_by_super_is_named() {
        check("ui/builder/card.rs", "use super::super::kit;\n", &["`super::super::`"]);
    }

    #[test]
    fn a_module_doc_may_follow_inner_attributes_only() {
        assert!(has_module_doc("//! What it is.\n"));
        assert!(has_module_doc("#![allow(unused)]\n\n//! What it is.\n"));
        assert!(!has_module_doc("use std::fmt;\n//! Too late.\n"));
        assert!(!has_module_doc(""));
    }

    #[test]
    fn stylesheets_and_links_match_both_ways() {
        let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        assert_eq!(
            missing_stylesheets(&names(&["builder", "log"]), &names(&["log.css"])),
            ["src/ui/builder/ has no style/builder.css"]
        );
        let html = r#"<link data-trunk rel="css" href="style/base.css" /><link href="style/gone.css" />"#;
        assert_eq!(
            link_breaches(&names(&["base.css", "kit.css"]), html),
            ["style/kit.css is not linked in index.html", "index.html links style/gone.css, which does not exist"]
        );
    }
}
