//! Every tag and filter: the one table of engine, docs and editor.
//!
//! In: a name and a dialect. Out: how it works, what it does in one line, and on what evidence.
//! Invariant: a name that Klaviyo is not known to have says so.
//!
//! <https://docs.djangoproject.com/en/5.2/ref/templates/builtins/>

use minijinja::{Error, Value};

use crate::domain::template::filters::{self, Call};

/// Whose language a template is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// Django 5.2 with `humanize`.
    #[default]
    Django,
    /// What Klaviyo documents for webhooks, over Django.
    Klaviyo,
}

/// How it is known that Klaviyo has something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Klaviyo's documentation says so.
    Documented,
    /// A practitioner or a digest of the documentation says so.
    Reported,
    /// Django has it, and Klaviyo says that most of Django works.
    Unconfirmed,
    /// Klaviyo does not have it, or not in webhooks.
    Absent,
}

/// Where a filter comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Django,
    Humanize,
    Klaviyo,
}

/// A filter.
#[derive(Debug)]
pub struct FilterSpec {
    pub name: &'static str,
    pub function: fn(&Call<'_>) -> Result<Value, Error>,
    pub min_args: usize,
    pub max_args: usize,
    /// Safe text stays safe.
    pub is_safe: bool,
    /// Values are turned into text first.
    pub is_text: bool,
    pub origin: Origin,
    pub evidence: Evidence,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// A use, such as `name|upper`.
    pub example: &'static str,
}

impl FilterSpec {
    /// An argument to show in a message.
    pub fn example_arg(&self) -> &'static str {
        self.example.split_once(':').map_or("\"…\"", |(_, arg)| arg)
    }
}

/// A tag.
#[derive(Debug)]
pub struct TagSpec {
    pub name: &'static str,
    /// The tag that closes it, or nothing.
    pub end: &'static str,
    pub origin: Origin,
    pub evidence: Evidence,
    pub doc: &'static str,
    pub example: &'static str,
}

/// The filter of this name, where the dialect has it.
pub fn find_filter(name: &str, dialect: Dialect, is_humanize_loaded: bool) -> Option<&'static FilterSpec> {
    filters::tables().find(|spec| {
        // Most names differ in length.
        spec.name.len() == name.len()
            && spec.name == name
            && match dialect {
                Dialect::Django => {
                    spec.origin == Origin::Django || (spec.origin == Origin::Humanize && is_humanize_loaded)
                }
                Dialect::Klaviyo => spec.evidence != Evidence::Absent,
            }
    })
}

/// Why a filter that exists elsewhere is not available here.
pub fn refused_filter(name: &str, dialect: Dialect, is_humanize_loaded: bool) -> Option<String> {
    let spec = filters::tables().find(|spec| spec.name == name)?;
    match (dialect, spec.origin) {
        (Dialect::Klaviyo, _) => Some(format!("Klaviyo has no filter `{name}`; it is Django’s own")),
        (Dialect::Django, Origin::Klaviyo) => None,
        (Dialect::Django, Origin::Humanize) if !is_humanize_loaded => {
            Some(format!("`{name}` needs `{{% load humanize %}}` before it"))
        }
        (Dialect::Django, _) => None,
    }
}

/// The names of all filters of a dialect.
pub fn filter_names(dialect: Dialect) -> impl Iterator<Item = &'static str> {
    filters::tables().map(|spec| spec.name).filter(move |name| find_filter(name, dialect, true).is_some())
}

/// All filters of all dialects.
pub fn filters() -> impl Iterator<Item = &'static FilterSpec> {
    filters::tables()
}

/// All filters that a dialect has, for documentation and completion.
pub fn filters_of(dialect: Dialect) -> impl Iterator<Item = &'static FilterSpec> {
    filters::tables()
        .filter(move |spec| find_filter(spec.name, dialect, true).is_some_and(|found| std::ptr::eq(found, *spec)))
}

/// All tags that a dialect has, for documentation and completion.
pub fn tags_of(dialect: Dialect) -> impl Iterator<Item = &'static TagSpec> {
    TAGS.iter().filter(move |spec| match dialect {
        Dialect::Django => spec.origin == Origin::Django,
        Dialect::Klaviyo => spec.evidence != Evidence::Absent,
    })
}

/// The names of all tags of a dialect, with those that close them or stand between.
pub fn tag_names(dialect: Dialect) -> impl Iterator<Item = &'static str> {
    tags_of(dialect)
        .flat_map(|spec| [spec.name, spec.end])
        .chain(["elif", "else", "empty"])
        .filter(|name| !name.is_empty())
}

/// Why a tag that exists elsewhere is not available here.
pub fn refused_tag(name: &str, dialect: Dialect) -> Option<String> {
    if dialect != Dialect::Klaviyo {
        return None;
    }
    let refused = REFUSED_IN_WEBHOOKS.iter().find(|(names, _)| names.contains(&name));
    refused.map(|(_, reason)| format!("`{name}` {reason}"))
}

/// Why a variable that Klaviyo's messages have is not available in webhooks.
pub fn refused_variable(root: &str) -> Option<&'static str> {
    Some(match root {
        "feeds" => "is not available in webhooks: Klaviyo gives no web feeds and no product feeds there",
        "catalog_item" => "is known inside `{% catalog %}` only, which webhooks do not have",
        "object" | "object_filter" => "is known in custom-object flows only, and not in webhooks",
        _ => return None,
    })
}

const REFUSED_IN_WEBHOOKS: &[(&[&str], &str)] = &[
    (&["coupon_code"], "is not available in webhooks: Klaviyo gives no coupon codes there"),
    (
        &["catalog", "has_category"],
        "is not known to work in webhooks: Klaviyo documents catalog lookups for messages only",
    ),
    (&["customobject", "customobjects"], "works only in custom-object flows, and not in webhooks"),
    (
        &[
            "unsubscribe",
            "unsubscribe_link",
            "manage_preferences",
            "manage_preferences_link",
            "web_view",
            "web_view_link",
            "render_variable",
            "barcode",
            "update_property_link",
        ],
        "works only in emails, not in webhooks",
    ),
    (
        &["include", "extends", "block", "load"],
        "is not available in Klaviyo: templates there cannot use other templates",
    ),
    (&["feed", "web_feed", "product_feed"], "is not available in webhooks: Klaviyo gives no feeds there"),
];

const fn tag(
    name: &'static str,
    end: &'static str,
    origin: Origin,
    evidence: Evidence,
    doc: &'static str,
    example: &'static str,
) -> TagSpec {
    TagSpec { name, end, origin, evidence, doc, example }
}

use Evidence::{Absent, Documented, Reported, Unconfirmed};
use Origin::{Django, Klaviyo};

/// Every tag.
pub const TAGS: &[TagSpec] = &[
    tag(
        "if",
        "endif",
        Django,
        Documented,
        "Keeps its content when a condition holds.",
        "{% if event.total > 100 %}…{% endif %}",
    ),
    tag(
        "for",
        "endfor",
        Django,
        Documented,
        "Repeats its content for each item.",
        "{% for item in event.items %}…{% endfor %}",
    ),
    tag("with", "endwith", Django, Documented, "Gives a value a name.", "{% with total=event.total %}…{% endwith %}"),
    tag("comment", "endcomment", Django, Reported, "Leaves its content out.", "{% comment %}…{% endcomment %}"),
    tag(
        "verbatim",
        "endverbatim",
        Django,
        Reported,
        "Prints its content as it stands.",
        "{% verbatim %}…{% endverbatim %}",
    ),
    tag(
        "spaceless",
        "endspaceless",
        Django,
        Reported,
        "Removes white space between HTML tags.",
        "{% spaceless %}…{% endspaceless %}",
    ),
    tag(
        "autoescape",
        "endautoescape",
        Django,
        Reported,
        "Turns HTML escaping on or off.",
        "{% autoescape off %}…{% endautoescape %}",
    ),
    tag("firstof", "", Django, Reported, "Prints the first value that is not empty.", "{% firstof a b \"none\" %}"),
    tag("cycle", "", Django, Reported, "Prints its values in turn.", "{% cycle \"odd\" \"even\" %}"),
    tag("resetcycle", "", Django, Unconfirmed, "Starts a cycle anew.", "{% cycle 1 2 %}{% resetcycle %}"),
    tag(
        "ifchanged",
        "endifchanged",
        Django,
        Reported,
        "Keeps its content when a value changed since the last turn.",
        "{% ifchanged item.day %}…{% endifchanged %}",
    ),
    tag(
        "widthratio",
        "",
        Django,
        Reported,
        "Scales a value: value ÷ largest × width.",
        "{% widthratio value 100 50 %}",
    ),
    tag("templatetag", "", Django, Reported, "Prints the signs that tags are made of.", "{% templatetag openblock %}"),
    tag("now", "", Django, Reported, "Prints the time.", "{% now \"Y-m-d\" %}"),
    tag(
        "filter",
        "endfilter",
        Django,
        Unconfirmed,
        "Applies filters to its content.",
        "{% filter upper %}…{% endfilter %}",
    ),
    tag("regroup", "", Django, Unconfirmed, "Groups a list by a key.", "{% regroup items by kind as groups %}"),
    tag("lorem", "", Django, Unconfirmed, "Prints filler text.", "{% lorem 3 w %}"),
    tag("load", "", Django, Absent, "Makes a library’s filters available.", "{% load humanize %}"),
    tag("include", "", Django, Absent, "Renders another template here.", "{% include \"line\" %}"),
    tag("extends", "", Django, Absent, "Fills the blocks of another template.", "{% extends \"base\" %}"),
    tag(
        "block",
        "endblock",
        Django,
        Absent,
        "Marks a part that other templates can fill.",
        "{% block body %}…{% endblock %}",
    ),
    tag("today", "", Klaviyo, Documented, "Sets a name to today’s date.", "{% today \"%Y-%m-%d\" as today %}"),
    tag("current_day", "", Klaviyo, Documented, "Prints the day of the month.", "{% current_day %}"),
    tag("current_month", "", Klaviyo, Documented, "Prints the number of the month.", "{% current_month %}"),
    tag("current_year", "", Klaviyo, Documented, "Prints the year.", "{% current_year %}"),
    tag("current_weekday", "", Klaviyo, Documented, "Prints the day of the week in English.", "{% current_weekday %}"),
    tag("current_month_name", "", Klaviyo, Documented, "Prints the month in English.", "{% current_month_name %}"),
    tag(
        "currency_format",
        "",
        Klaviyo,
        Documented,
        "Prints a number with the account’s currency.",
        "{% currency_format event.price %}",
    ),
];
