//! The words of the flow builder: what cards, triggers, filters and delays mean.
//!
//! In: names. Out: sentences.
//! Invariant: a profile is what walks through a flow, whoever it stands for.

/// Another tab edited the flow on the screen, and nothing here was lost.
pub const CHANGED_IN_OTHER_TAB: &str = "Another tab changed this flow. What you see now is that version.";

/// Another tab edited the flow while this tab had changes that were not kept yet.
pub const CLASH: &str = "Another tab changed this flow while you were editing it. Nothing was overwritten: choose which working copy stays.";

/// What a card of Klaviyo's is.
pub const FOREIGN_WORDS: &str = "This card was imported from Klaviyo. Hookwright keeps it as it is, passes profiles over it, and exports it again unchanged.";

/// What a card of a newer version is.
pub const UNKNOWN_WORDS: &str = "This version of Hookwright does not know cards of this kind. It keeps the card as it is and passes profiles on to the card below. Reload to get the newest version.";

/// What *From cURL* does.
pub const CURL_MEANING: &str = "Paste a command from an API’s documentation, or one that a browser copied. It replaces the destination, the headers and the payload of this webhook; Undo brings them back.";

/// A command holds what looks like a key.
pub const CURL_CREDENTIAL: &str =
    "A header looks like a key. Keep it as a secret below, so that it is encrypted and does not leave with the flow.";

/// A link to a flow that leads nowhere.
pub const FLOW_NOT_HERE: &str =
    "It was deleted, or the link comes from another browser. Flows live in the browser they were made in.";
pub const CLASH_CHANGES: &str = "From your working copy to theirs. Whichever you choose, undo brings the other back.";
pub const PALETTE_MEANING: &str = "Drag a card to a place in the flow, or press it and choose the place. Select a card \
     of the flow to see its settings here.";
pub const NO_PROBLEMS: &str = "The flow can run as it stands. Problems of the payload show in the preview.";
pub const NO_WEBHOOK: &str = "This flow has no webhook yet.";

/// The status of all webhooks at once.
pub fn all_webhooks_are(status: &str) -> String {
    format!("All webhooks are {}.", status.to_lowercase())
}
pub const WEBHOOKS_DIFFER: &str = "The webhooks differ; a choice here sets all of them.";

/// The canvas: what was done there, or cannot be.
pub const NOT_POSSIBLE_HERE: &str = "That cannot be done here.";
pub const NOTHING_COPIED: &str = "Nothing was copied yet. Copy a card first.";
pub const NO_OTHER_PLACE: &str = "There is no other place for it.";
pub fn flipped(title: &str) -> String {
    format!("Flipped {title}: Yes and No are swapped.")
}
pub fn taken_away(word: &str, title: &str, others: &str) -> String {
    format!("{word} {title}{others}. Undo brings it back.")
}
pub fn carrying(what: &str) -> String {
    format!("Carrying {what}. Let it go at a marked place, or press Escape.")
}
pub fn placing(what: &str) -> String {
    format!("Choose a place for {what}: arrow keys, then Enter. Escape cancels.")
}
pub const FINDER_EMPTY: &str = "Nothing matches. Try other words.";
pub const SHORTCUTS_MEANING: &str = "Ctrl is ⌘ on a Mac. Keys without Ctrl work while the canvas has the focus.";

/// Triggers.
pub const TRIGGER_ORDER: &str = "An order was placed.";
pub const TRIGGER_CHECKOUT: &str = "A checkout was begun.";
pub const TRIGGER_VIEW: &str = "A product was looked at.";
pub const TRIGGER_METRIC: &str = "Any event of your own, by its name.";
pub const TRIGGER_PRICE_DROP: &str = "A product that a profile looked at got cheaper.";
pub const TRIGGER_LIST: &str = "A profile joined a list.";
pub const TRIGGER_SEGMENT: &str = "A profile came into a segment.";
pub const TRIGGER_DATE: &str = "A date in the profile comes round.";
pub const METRIC_HINT: &str = "Exactly as it is sent, such as Fulfilled Order.";
pub const LIST_HINT: &str = "The list’s name. Lists are under Events; a profile that is added to one starts the flow.";
pub const SEGMENT_HINT: &str =
    "The segment’s name. Segments are under Events; a profile that is added to one starts the flow.";
pub const DATE_PROPERTY_HINT: &str = "A property that holds a date, such as Birthday.";
pub const DATE_LEAD_BOUNDS: &str = "Enter a whole number up to 1000; 0 starts on the day.";
pub const DATE_TRIGGER_LIMIT: &str = "Hookwright previews and rehearses this trigger and fires it by hand; it does not \
     watch the calendar, since nothing runs while the browser is closed.";
pub const TRIGGER_NO_EVENT: &str = "This trigger brings no event: the payload reads the profile only.";
pub const TRIGGER_NO_FILTERS: &str = "This trigger brings no event: the payload reads the profile only, and there is \
     nothing for trigger filters to compare.";
pub const REENTRY_BOUNDS: &str = "Enter a whole number above 0; the last one counts until then.";
pub const REENTRY_OF_EVENTS: &str = "In Klaviyo, profiles enter this kind of flow every time, unless set otherwise.";
pub const REENTRY_OF_SETS: &str = "In Klaviyo, list and segment flows let a profile in once, unless set otherwise.";

/// Filters and splits.
pub const TRIGGER_FILTER_EMPTY: &str =
    "Every event of this trigger starts the flow. Filters compare the event, once, on entry.";
pub const PROFILE_FILTER_EMPTY: &str =
    "Every profile may enter. Filters compare the profile, on entry and again before each action.";
pub const SPLIT_EMPTY: &str = "Nothing is compared yet, so every profile goes to Yes.";
pub const SPLIT_BY_EVENT: &str =
    "The event that started the flow decides, as it was then. Profiles it holds for go on at Yes, the others at No.";
pub const SPLIT_BY_PROFILE: &str =
    "The profile decides, as it is when it comes to this card. Profiles it holds for go on at Yes, the others at No.";
pub const FLIP_MEANING: &str = "Swaps what stands below Yes and No; the condition stays.";
pub const CONDITIONS_ONE_GROUP: &str =
    "Holds when one of these conditions holds. Add another group for conditions that must hold too.";
pub const CONDITIONS_GROUPS: &str =
    "Every group must hold (and); inside a group one condition is enough (or), as in Klaviyo.";
pub const PROPERTY_MISSING: &str = "Choose a property; until then this condition is left out.";
pub const PROPERTY_UNKNOWN: &str = "No sample has this property.";
pub const VALUE_UNREADABLE: &str = "Not readable; the last value counts.";

/// Delays.
pub const DELAY_BOUNDS: &str = "Enter a whole number up to 100000; the last one counts until then.";
pub const DELAY_WITHOUT_LENGTH: &str = "Without a length the delay is passed over.";
pub const DELAY_EDITED: &str =
    "Profiles that wait already keep the time they were given: an edited delay holds for those that come after it.";
pub const DELAY_WEEKDAYS: &str = "On another day it goes on to the next one that is chosen, at the same time of day.";
pub const DAY_IS_24_HOURS: &str = "A day is 24 hours.";
pub fn days_of_calendar(zone: &str) -> String {
    format!("Days are calendar days in {zone}.")
}
pub fn weekdays_of(zone: &str) -> String {
    format!("A day is 24 hours; weekdays are those in {zone}.")
}

/// When a profile would go on.
pub fn delay_ends(until: &str, counting: &str) -> String {
    format!("A profile that comes now waits until {until}. {counting}").trim_end().to_owned()
}
pub const TIME_ZONE_AS_UTC: &str = "This browser knows no such time zone; it counts as UTC.";

/// Notes.
pub const NOTE_MEANING: &str = "For people who read this flow. Profiles pass it; its first line is on the card.";

/// The journey preview.
pub const TRIALS_EMPTY: &str =
    "There is no event of this trigger yet. Add one under Events, or choose another trigger.";
pub const TRIALS_OF_EVENTS: &str =
    "The newest events of this trigger against its filters, as if they happened now. Splits are not looked at.";
pub const TRIALS_OF_PROFILES: &str = "The profiles against the filters, as if they came now. Splits are not looked at.";

/// Firing an event.
pub const FIRE_MEANING: &str =
    "The event goes through the flow as if the shop had sent it: filters, delays and splits hold.";
pub const ONLY_SAVED_RUNS: &str = "Only a saved flow runs. Save it first.";
pub fn fire_version(version: u32, is_saved_now: bool) -> String {
    if is_saved_now {
        format!("Version {version} runs.")
    } else {
        format!("Version {version} runs: your last changes are not saved yet.")
    }
}
pub fn fired_for(what: &str, email: &str) -> String {
    format!("{what} was fired for {email}. See Activity for what came of it.")
}

/// The webhook.
pub const PAYLOAD_HINT: &str = "JSON with Klaviyo’s template tags. Problems show in the preview.";
pub const AT_MOST_ONCE_MEANING: &str = "An attempt that was cut off by a closed tab or a lost connection may have \
     arrived. Without this it is tried again, and the receiver may see it twice; with it, it is skipped, and the receiver \
     may miss it.";
pub const NOTHING_TO_SEND: &str = "Choose a webhook and a profile first.";
pub const TEST_WITHOUT_PROFILE: &str = "There is no profile to send it for. Add one under Events.";
pub fn test_for(email: &str) -> String {
    format!("One attempt, with what is on the screen, for {email}.")
}
pub fn test_refused(obstacle: &str) -> String {
    format!("Cannot be sent yet. {obstacle}")
}
pub const PRACTICE_FAILURES: &str = "How many attempts of each delivery fail before one succeeds.";
pub const CURL_NO_BODY: &str = "no body: the payload stays as it is";
