//! The theme a person chose, kept for the next visit where `theme.js` reads it before the first paint.
//!
//! In: a theme's name. Out: the attribute on the page, and the name kept.
//! Invariant: a browser that keeps nothing shows the theme all the same, for this visit.

/// The key that `theme.js` reads, too.
const KEY: &str = "hookwright-theme";

/// The name that was kept.
pub fn kept_theme() -> Option<String> {
    web_sys::window()?.local_storage().ok()??.get_item(KEY).ok()?
}

/// Shows a theme and keeps it; `None` follows the system.
pub fn keep_theme(name: Option<&str>) {
    let Some(window) = web_sys::window() else { return };
    let root = window.document().and_then(|document| document.document_element());
    let storage = window.local_storage().ok().flatten();
    let kept = match name {
        Some(name) => {
            let shown = root.map_or(Ok(()), |root| root.set_attribute("data-theme", name));
            shown.and(storage.map_or(Ok(()), |storage| storage.set_item(KEY, name)))
        }
        None => {
            let shown = root.map_or(Ok(()), |root| root.remove_attribute("data-theme"));
            shown.and(storage.map_or(Ok(()), |storage| storage.remove_item(KEY)))
        }
    };
    if let Err(error) = kept {
        web_sys::console::warn_1(&error);
    }
}
