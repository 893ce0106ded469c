//! What stands in the sandbox, one signal for each text, so that typing in one costs nothing for the others.
//!
//! In: edits, or a whole sandbox. Out: signals; and the whole, to keep or to share.
//! Invariant: a whole sandbox that comes in keeps what stood here before.

use leptos::prelude::*;

use crate::runtime::preview::Reading;
use crate::ui::page::Page;
use crate::view_model::sandbox::first_sandbox;
use crate::view_model::share::{Shared, unpack_kept};

/// The sandbox.
#[derive(Clone, Copy)]
pub struct SandboxState {
    pub template: RwSignal<String>,
    /// The event's properties, as JSON text.
    pub event: RwSignal<String>,
    /// The person, as JSON text.
    pub profile: RwSignal<String>,
    pub snippets: RwSignal<String>,
    pub reading: RwSignal<Reading>,
    /// What stood here before another sandbox was opened.
    pub before: RwSignal<Option<Box<Shared>>>,
    is_restored: StoredValue<bool>,
}

impl SandboxState {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            template: RwSignal::default(),
            event: RwSignal::default(),
            profile: RwSignal::default(),
            snippets: RwSignal::default(),
            reading: RwSignal::default(),
            before: RwSignal::default(),
            is_restored: StoredValue::default(),
        }
    }

    /// Puts here what the last visit left, or what a first visitor finds, once. A screen that shows or opens a sandbox does
    /// this first.
    pub fn restore(self, page: Page) {
        if self.is_restored.get_value() {
            return;
        }
        self.is_restored.set_value(true);
        let kept = page.kept_sandbox().and_then(|letters| unpack_kept(&letters).ok());
        self.put(kept.unwrap_or_else(first_sandbox));
    }

    /// Everything that stands here.
    pub fn shared(self) -> Shared {
        let Reading { is_django, is_autoescape_on } = self.reading.get_untracked();
        Shared {
            template: self.template.get_untracked(),
            event: self.event.get_untracked(),
            profile: self.profile.get_untracked(),
            snippets: self.snippets.get_untracked(),
            is_django,
            is_autoescape_on,
        }
    }

    /// Follows all of it.
    pub fn track(self) {
        for text in [self.template, self.event, self.profile, self.snippets] {
            text.track();
        }
        self.reading.track();
    }

    /// Puts everything in place of what stands here.
    pub fn put(self, shared: Shared) {
        let Shared { template, event, profile, snippets, is_django, is_autoescape_on } = shared;
        for (signal, text) in
            [(self.template, template), (self.event, event), (self.profile, profile), (self.snippets, snippets)]
        {
            if signal.with_untracked(|before| *before != text) {
                signal.set(text);
            }
        }
        self.reading.set(Reading { is_django, is_autoescape_on });
    }

    /// Opens what comes from elsewhere.
    pub fn open(self, shared: Shared) {
        let own = self.shared();
        if own != shared {
            self.before.update(|before| *before = before.take().or_else(|| Some(Box::new(own))));
            self.put(shared);
        }
    }

    /// Puts back what stood here before another sandbox was opened.
    pub fn bring_back(self) {
        if let Some(before) = self.before.try_update(Option::take).flatten() {
            self.put(*before);
        }
    }
}

impl Default for SandboxState {
    fn default() -> Self {
        Self::new()
    }
}
