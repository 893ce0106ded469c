//! Everything that can be done in the builder: its name, its keys, and what each menu offers.
//!
//! In: what is selected, a key, what was typed into a menu. Out: commands.
//! Invariant: every act of the builder is a command, so that each has a name, a place in the palette, and a row in the sheet.

use crate::domain::flow::condition::ConditionGroups;
use crate::domain::flow::delay::DelayUnit;
use crate::domain::flow::edit::{move_down, move_up};
use crate::domain::flow::model::{ActionStatus, Branch, Flow, NodeKind, TimeDelay, WebhookAction};
use crate::domain::flow::tree::{Slot, slots_of};
use crate::domain::id::NodeId;
use crate::view_model::flow::{CardKind, node_title};

/// Something a person can do in the builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    OpenSettings,
    AddBelow,
    OpenMenu,
    OpenPayload,
    MoveUp,
    MoveDown,
    MoveToYes,
    MoveToNo,
    MoveElsewhere,
    MoveAllElsewhere,
    FlipSplit,
    Copy,
    CopyAll,
    Cut,
    Paste,
    Duplicate,
    SetStatus(ActionStatus),
    Delete,
    DeleteAll,
    Undo,
    Redo,
    Save,
    FindCard,
    Palette,
    Shortcuts,
    ZoomIn,
    ZoomOut,
    ZoomLife,
    ZoomFit,
    ShowPreview,
    ShowJourney,
    ShowProblems,
    Deselect,
}

impl Command {
    /// Whether it changes the flow, so that it takes the right to.
    pub const fn is_edit(self) -> bool {
        match self {
            Self::AddBelow
            | Self::MoveUp
            | Self::MoveDown
            | Self::MoveToYes
            | Self::MoveToNo
            | Self::MoveElsewhere
            | Self::MoveAllElsewhere
            | Self::FlipSplit
            | Self::Cut
            | Self::Paste
            | Self::Duplicate
            | Self::SetStatus(_)
            | Self::Delete
            | Self::DeleteAll
            | Self::Undo
            | Self::Redo
            | Self::Save => true,
            Self::OpenSettings
            | Self::OpenMenu
            | Self::OpenPayload
            | Self::Copy
            | Self::CopyAll
            | Self::FindCard
            | Self::Palette
            | Self::Shortcuts
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::ZoomLife
            | Self::ZoomFit
            | Self::ShowPreview
            | Self::ShowJourney
            | Self::ShowProblems
            | Self::Deselect => false,
        }
    }
}

/// What a command acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing in particular.
    Flow,
    /// A card, the trigger included.
    AnyCard,
    /// A card below the trigger.
    Card,
}

/// A command with its words.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    pub command: Command,
    pub label: &'static str,
    /// As the sheet shows it; empty without one.
    pub keys: &'static str,
    pub needs: Needs,
}

const fn info(command: Command, label: &'static str, keys: &'static str, needs: Needs) -> CommandInfo {
    CommandInfo { command, label, keys, needs }
}

/// All commands, in the order of the palette and the sheet.
pub const COMMANDS: [CommandInfo; 35] = [
    info(Command::AddBelow, "Add a card below", "A", Needs::AnyCard),
    info(Command::OpenSettings, "Open settings", "Enter", Needs::AnyCard),
    info(Command::OpenMenu, "Open the card’s menu", "Shift+F10", Needs::AnyCard),
    info(Command::OpenPayload, "Open payload editor", "E", Needs::Card),
    info(Command::MoveUp, "Move up", "Alt+↑", Needs::Card),
    info(Command::MoveDown, "Move down", "Alt+↓", Needs::Card),
    info(Command::MoveToYes, "Move to Yes branch", "Alt+←", Needs::Card),
    info(Command::MoveToNo, "Move to No branch", "Alt+→", Needs::Card),
    info(Command::MoveElsewhere, "Move…", "M", Needs::Card),
    info(Command::MoveAllElsewhere, "Move with all below…", "Shift+M", Needs::Card),
    info(Command::FlipSplit, "Flip split", "F", Needs::Card),
    info(Command::Copy, "Copy", "Ctrl+C", Needs::Card),
    info(Command::CopyAll, "Copy with all below", "Ctrl+Shift+C", Needs::Card),
    info(Command::Cut, "Cut", "Ctrl+X", Needs::Card),
    info(Command::Paste, "Paste below", "Ctrl+V", Needs::AnyCard),
    info(Command::Duplicate, "Duplicate", "Ctrl+D", Needs::Card),
    info(Command::SetStatus(ActionStatus::Draft), "Set to Draft", "", Needs::Card),
    info(Command::SetStatus(ActionStatus::Manual), "Set to Manual", "", Needs::Card),
    info(Command::SetStatus(ActionStatus::Live), "Set to Live", "", Needs::Card),
    info(Command::Delete, "Delete", "Delete", Needs::Card),
    info(Command::DeleteAll, "Delete with all below", "Shift+Delete", Needs::Card),
    info(Command::Undo, "Undo", "Ctrl+Z", Needs::Flow),
    info(Command::Redo, "Redo", "Ctrl+Shift+Z", Needs::Flow),
    info(Command::Save, "Save", "Ctrl+S", Needs::Flow),
    info(Command::FindCard, "Find a card…", "/", Needs::Flow),
    info(Command::Palette, "Command palette…", "Ctrl+K", Needs::Flow),
    info(Command::Shortcuts, "Keyboard shortcuts", "?", Needs::Flow),
    info(Command::ZoomIn, "Zoom in", "+", Needs::Flow),
    info(Command::ZoomOut, "Zoom out", "−", Needs::Flow),
    info(Command::ZoomLife, "Zoom to 100 %", "0", Needs::Flow),
    info(Command::ZoomFit, "Fit the flow", "1", Needs::Flow),
    info(Command::ShowPreview, "Show preview", "", Needs::Flow),
    info(Command::ShowJourney, "Show journey", "", Needs::Flow),
    info(Command::ShowProblems, "Show problems", "", Needs::Flow),
    info(Command::Deselect, "Deselect, or cancel", "Esc", Needs::Flow),
];

/// Keys of the canvas that are no commands, for the sheet.
pub const WALKING_KEYS: [(&str, &str); 5] = [
    ("↑ ↓", "Walk the cards"),
    ("→", "Into a split; from Yes to No"),
    ("←", "Up to the split"),
    ("Home, End", "Trigger, last card"),
    ("Space", "Select, and stay on the canvas"),
];

/// A key press, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPress<'a> {
    pub key: &'a str,
    /// Ctrl, or ⌘.
    pub is_command: bool,
    pub is_shift: bool,
    pub is_alt: bool,
}

/// What a key does wherever the focus is on the flow's page, fields excepted.
pub fn page_command(press: KeyPress<'_>) -> Option<Command> {
    if !press.is_command || press.is_alt {
        return None;
    }
    match (press.key, press.is_shift) {
        ("k" | "K", false) => Some(Command::Palette),
        ("s" | "S", false) => Some(Command::Save),
        ("z" | "Z", false) => Some(Command::Undo),
        ("z" | "Z", true) | ("y" | "Y", false) => Some(Command::Redo),
        _ => None,
    }
}

/// What a key does while the canvas has the focus. *Paste* comes with the browser's own event.
pub fn canvas_command(press: KeyPress<'_>) -> Option<Command> {
    let KeyPress { key, is_command, is_shift, is_alt } = press;
    match (key, is_command, is_shift, is_alt) {
        ("c" | "C", true, true, false) => Some(Command::CopyAll),
        ("c" | "C", true, false, false) => Some(Command::Copy),
        ("x" | "X", true, false, false) => Some(Command::Cut),
        ("d" | "D", true, false, false) => Some(Command::Duplicate),
        ("ArrowUp", false, false, true) => Some(Command::MoveUp),
        ("ArrowDown", false, false, true) => Some(Command::MoveDown),
        ("ArrowLeft", false, false, true) => Some(Command::MoveToYes),
        ("ArrowRight", false, false, true) => Some(Command::MoveToNo),
        ("F10", false, true, false) | ("ContextMenu" | ".", false, false, false) => Some(Command::OpenMenu),
        ("Delete" | "Backspace", false, true, false) => Some(Command::DeleteAll),
        ("M" | "m", false, true, false) => Some(Command::MoveAllElsewhere),
        ("Delete" | "Backspace", false, false, false) => Some(Command::Delete),
        ("m" | "M", false, false, false) => Some(Command::MoveElsewhere),
        ("a" | "A" | "Insert", false, false, false) => Some(Command::AddBelow),
        ("Enter", false, false, false) => Some(Command::OpenSettings),
        ("e" | "E", false, false, false) => Some(Command::OpenPayload),
        ("f" | "F", false, false, false) => Some(Command::FlipSplit),
        ("Escape", false, _, false) => Some(Command::Deselect),
        // What stands on these keys differs by keyboard, so Shift may be held or not.
        ("/", false, _, false) => Some(Command::FindCard),
        ("?", false, _, false) => Some(Command::Shortcuts),
        ("+" | "=", false, _, false) => Some(Command::ZoomIn),
        ("-" | "_", false, _, false) => Some(Command::ZoomOut),
        ("0", false, false, false) => Some(Command::ZoomLife),
        ("1", false, false, false) => Some(Command::ZoomFit),
        _ => None,
    }
}

/// The cards that can be added.
pub const NEW_CARDS: [(CardKind, &str); 5] = [
    (CardKind::Webhook, "Sends a request to your system"),
    (CardKind::TimeDelay, "Lets time pass"),
    (CardKind::TriggerSplit, "Two ways, by the event"),
    (CardKind::ConditionalSplit, "Two ways, by the profile"),
    (CardKind::Note, "Words for whoever reads the flow"),
];

/// A fresh card. `None` for what is not added by hand.
pub fn new_card(flow: &Flow, kind: CardKind) -> Option<NodeKind> {
    let condition = ConditionGroups::default();
    match kind {
        CardKind::Webhook => {
            let taken = |name: &str| flow.webhooks().any(|(_, action)| action.name == name);
            let mut name = "Webhook".to_owned();
            let mut n = 1_usize;
            while taken(&name) {
                n += 1;
                name = format!("Webhook {n}");
            }
            Some(NodeKind::Webhook { action: WebhookAction::blank(name), next: None })
        }
        CardKind::TimeDelay => Some(NodeKind::TimeDelay { delay: TimeDelay::of(1, DelayUnit::Hours), next: None }),
        CardKind::TriggerSplit => Some(NodeKind::TriggerSplit { condition, yes: None, no: None }),
        CardKind::ConditionalSplit => Some(NodeKind::ConditionalSplit { condition, yes: None, no: None }),
        CardKind::Note => Some(NodeKind::note("")),
        CardKind::Trigger | CardKind::Foreign => None,
    }
}

/// Where *Move to Yes branch* or *Move to No branch* leads.
///
/// A card in a branch changes to the other one; a card right above a split goes into it.
pub fn branch_target(flow: &Flow, node_id: &NodeId, branch: Branch) -> Option<Slot> {
    let node = flow.nodes.get(node_id)?;
    let mut at = node_id.clone();
    for _ in 0..=flow.nodes.len() {
        match slots_of(flow, &at).into_iter().next()? {
            Slot::Branch { node_id: split, branch: own } if own != branch => return Some(Slot::branch(&split, branch)),
            Slot::Branch { .. } | Slot::Entry => break,
            Slot::Below { node_id } => at = node_id,
        }
    }
    let next = node.kind.links().first().and_then(|next| flow.nodes.get(*next))?;
    (!node.kind.is_split() && next.kind.is_split()).then(|| Slot::branch(&next.id, branch))
}

/// Whether a command can be done now, to this card.
pub fn is_possible(flow: &Flow, target: Option<&NodeId>, has_card: bool, command: Command) -> bool {
    let Some(info) = COMMANDS.iter().find(|info| info.command == command) else { return false };
    let kind = target.and_then(|node_id| flow.nodes.get(node_id)).map(|node| &node.kind);
    match info.needs {
        Needs::Flow => return true,
        Needs::AnyCard if !has_card => return false,
        Needs::Card if kind.is_none() => return false,
        Needs::AnyCard | Needs::Card => {}
    }
    let Some((node_id, kind)) = target.zip(kind) else { return true };
    let is_webhook = matches!(kind, NodeKind::Webhook { .. });
    match command {
        Command::MoveUp => move_up(flow, node_id).is_some(),
        Command::MoveDown => move_down(flow, node_id).is_some(),
        Command::MoveToYes => branch_target(flow, node_id, Branch::Yes).is_some(),
        Command::MoveToNo => branch_target(flow, node_id, Branch::No).is_some(),
        Command::FlipSplit => kind.is_split(),
        Command::OpenPayload => is_webhook,
        Command::SetStatus(status) => {
            matches!(kind, NodeKind::Webhook { action, .. } if action.status != status)
        }
        // A split always goes with all below it.
        Command::CopyAll | Command::MoveAllElsewhere => !kind.is_split() && !kind.links().is_empty(),
        Command::DeleteAll => !kind.links().is_empty(),
        _ => true,
    }
}

/// What a card's menu offers.
pub fn card_menu(flow: &Flow, target: Option<&NodeId>, has_clip: bool) -> Vec<CommandInfo> {
    let is_of_card = |info: &&CommandInfo| match info.command {
        Command::OpenMenu => false,
        Command::Paste => has_clip,
        _ => info.needs != Needs::Flow,
    };
    COMMANDS.iter().filter(is_of_card).filter(|info| is_possible(flow, target, true, info.command)).copied().collect()
}

/// What the palette offers.
pub fn palette(flow: &Flow, target: Option<&NodeId>, has_card: bool) -> Vec<CommandInfo> {
    let is_shown = |info: &&CommandInfo| {
        !matches!(info.command, Command::Palette | Command::Deselect)
            && is_possible(flow, target, has_card, info.command)
    };
    COMMANDS.iter().filter(is_shown).copied().collect()
}

/// Whether what was typed finds a label: every word of it begins some word there, in any order.
pub fn is_found(label: &str, typed: &str) -> bool {
    let label = label.to_lowercase();
    let typed = typed.to_lowercase();
    typed.split_whitespace().all(|word| label.contains(word))
}

/// What a card is called in an announcement: `Webhook “Order to ERP”`.
pub fn spoken_title(flow: &Flow, node_id: Option<&NodeId>) -> String {
    node_id.map_or_else(|| "the trigger".to_owned(), |node_id| format!("“{}”", node_title(flow, node_id)))
}

/// Where a slot is, in words: `below “Wait 1 hour”`, `at No of “Trigger split”`.
pub fn slot_words(flow: &Flow, slot: &Slot) -> String {
    match slot {
        Slot::Entry => "below the trigger".to_owned(),
        Slot::Below { node_id } => format!("below {}", spoken_title(flow, Some(node_id))),
        Slot::Branch { node_id, branch } => {
            let word = match branch {
                Branch::Yes => "Yes",
                Branch::No => "No",
            };
            format!("at {word} of {}", spoken_title(flow, Some(node_id)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::edit::{FlowEdit, Scope, apply};
    use crate::domain::id::FlowId;

    fn id(text: &str) -> NodeId {
        NodeId::new(text)
    }

    /// `a s(b; c)`.
    fn flow() -> Flow {
        let put = |flow: &Flow, slot: Slot, node: &str, kind: CardKind| {
            let kind = new_card(flow, kind).unwrap();
            apply(flow, FlowEdit::InsertNode { slot, node_id: id(node), kind }).unwrap()
        };
        let flow = put(&Flow::blank(FlowId::new("f"), "f"), Slot::Entry, "a", CardKind::Webhook);
        let flow = put(&flow, Slot::below(&id("a")), "s", CardKind::TriggerSplit);
        let flow = put(&flow, Slot::branch(&id("s"), Branch::Yes), "b", CardKind::Webhook);
        put(&flow, Slot::branch(&id("s"), Branch::No), "c", CardKind::TimeDelay)
    }

    fn press(key: &str) -> KeyPress<'_> {
        KeyPress { key, is_command: false, is_shift: false, is_alt: false }
    }

    #[test]
    fn every_command_is_listed_once_and_no_two_share_a_key() {
        for (place, info) in COMMANDS.iter().enumerate() {
            let others = || COMMANDS.iter().skip(place + 1);
            assert!(others().all(|other| other.command != info.command), "{}", info.label);
            assert!(info.keys.is_empty() || others().all(|other| other.keys != info.keys), "{}", info.keys);
        }
    }

    #[test]
    fn keys_that_the_sheet_shows_do_what_it_says() {
        for info in COMMANDS.iter().filter(|info| !info.keys.is_empty() && info.command != Command::Paste) {
            let mut press = press("");
            let mut key = info.keys;
            while let Some((held, rest)) = key.split_once('+').filter(|(_, rest)| !rest.is_empty()) {
                match held {
                    "Ctrl" => press.is_command = true,
                    "Shift" => press.is_shift = true,
                    "Alt" => press.is_alt = true,
                    _ => panic!("{}", info.keys),
                }
                key = rest;
            }
            press.key = match key {
                "↑" => "ArrowUp",
                "↓" => "ArrowDown",
                "←" => "ArrowLeft",
                "→" => "ArrowRight",
                "−" => "-",
                "Esc" => "Escape",
                key => key,
            };
            assert_eq!(page_command(press).or(canvas_command(press)), Some(info.command), "{}", info.keys);
        }
    }

    #[test]
    fn a_menu_offers_what_is_possible() {
        let labels = |target: Option<&str>| {
            let target = target.map(id);
            card_menu(&flow(), target.as_ref(), false).into_iter().map(|info| info.label).collect::<Vec<_>>()
        };
        assert_eq!(labels(None), ["Add a card below", "Open settings"]);
        assert!(labels(Some("s")).contains(&"Flip split") && !labels(Some("s")).contains(&"Move up"));
        assert!(labels(Some("b")).contains(&"Move to No branch") && !labels(Some("b")).contains(&"Move to Yes branch"));
        assert!(!labels(Some("b")).contains(&"Delete with all below"));
        assert!(labels(Some("a")).contains(&"Move with all below…"));
        assert!(
            labels(Some("s")).contains(&"Delete with all below") && !labels(Some("s")).contains(&"Copy with all below")
        );
        assert!(!labels(Some("c")).contains(&"Open payload editor"));
    }

    #[test]
    fn cards_change_to_the_other_branch_or_go_into_the_split_below() {
        let flow = flow();
        let to = |node: &str, branch| branch_target(&flow, &id(node), branch);
        assert_eq!(to("b", Branch::No), Some(Slot::branch(&id("s"), Branch::No)));
        assert_eq!(to("b", Branch::Yes), None);
        assert_eq!(to("a", Branch::Yes), Some(Slot::branch(&id("s"), Branch::Yes)));
        assert_eq!(to("s", Branch::Yes), None);
        let slot = to("b", Branch::No).unwrap();
        let moved = apply(&flow, FlowEdit::MoveNode { node_id: id("b"), slot, scope: Scope::Card }).unwrap();
        assert_eq!(branch_target(&moved, &id("c"), Branch::Yes), Some(Slot::branch(&id("s"), Branch::Yes)));
    }

    #[test]
    fn typing_finds_by_words() {
        assert!(is_found("Move to No branch", "no move"));
        assert!(is_found("Flip split", ""));
        assert!(!is_found("Flip split", "flop"));
    }

    #[test]
    fn new_webhooks_have_names_of_their_own() {
        let names: Vec<_> = flow().webhooks().map(|(_, action)| action.name.clone()).collect();
        assert_eq!(names, ["Webhook", "Webhook 2"]);
    }
}
