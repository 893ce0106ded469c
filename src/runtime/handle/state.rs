//! How the sender and the disk fare.
//!
//! In: nothing. Out: states for words on the screen.
//! Invariant: closed sets; the words stand in the view model.

/// Which tab sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SenderState {
    /// Not known yet.
    #[default]
    Starting,
    ThisTab,
    OtherTab,
    /// The browser is offline: nothing is sent and no attempt is spent.
    Offline,
    /// No sender could be started: nothing is sent from this tab.
    Failed,
}

/// What is wrong with the disk, for words on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreTrouble {
    /// Storage is refused: everything is kept in memory and gone with the tab.
    MemoryOnly {
        reason: String,
    },
    Full {
        reason: String,
    },
    /// Another tab has an older version open: close it.
    UpgradeBlocked,
    /// Written by a newer version: reload.
    TooNew,
    /// Another tab changed the same document; nothing was overwritten.
    ChangedElsewhere,
    /// Who acts may not write this.
    NotAllowed {
        refusal: crate::domain::member::Refusal,
    },
    Failed {
        reason: String,
    },
}
