//! Help inside: topics, the language with examples that run, and what is looked for.
//!
//! In: the help file, the address. Out: the topics at the left, one of them in reading width.
//! Invariant: a topic has an address, so that a screen can link to it where the question comes up.

mod language;
mod retries;

use leptos::prelude::*;

use crate::ui::files::use_files;
use crate::ui::kit::tabs::focus_soon;
use crate::ui::kit::{Button, EmptyState, Icon, Skeleton, TextField, icon};
use crate::ui::shell::PageHeader;
use crate::ui::state::use_app_state;
use crate::view_model::builder_commands::{COMMANDS, WALKING_KEYS};
use crate::view_model::help::{Block, HELP_FILE, HelpBook, Piece, Topic, pieces};
use crate::view_model::messages;
use crate::view_model::route::Route;

/// The heading of the topic on the screen.
const TOPIC_HEADING_ID: &str = "help-topic";

/// The file, or why it is not here; `None` while it is on its way.
type Book = RwSignal<Option<Result<HelpBook, String>>>;

/// The screen.
#[component]
pub fn HelpScreen() -> AnyView {
    let book: Book = RwSignal::new(None);
    fetch(book);
    let body = move || match book.get() {
        None => view! { <Skeleton n_rows=8 /> }.into_any(),
        Some(Ok(book)) => show_book(StoredValue::new(book)),
        Some(Err(_)) => view! {
            <EmptyState glyph=Icon::Offline title="The help did not arrive" text=messages::HELP_MISSING>
                <Button
                    label="Try again"
                    glyph=Icon::Retry
                    on_press=move |()| {
                        book.set(None);
                        fetch(book);
                    }
                />
            </EmptyState>
        }
        .into_any(),
    };
    view! {
        <PageHeader title="Help" />
        <div class="page-body help">{body}</div>
    }
    .into_any()
}

fn fetch(book: Book) {
    use_files().fetch(
        HELP_FILE,
        Box::new(move |text| {
            let read = text.and_then(|text| HelpBook::read(&text).map_err(|error| error.to_string()));
            // The screen may be gone.
            book.try_set(Some(read));
        }),
    );
}

/// The book, for the reference.
fn use_book() -> StoredValue<HelpBook> {
    expect_context()
}

fn show_book(book: StoredValue<HelpBook>) -> AnyView {
    provide_context(book);
    let app_state = use_app_state();
    let wanted = RwSignal::new(String::new());
    let asked = Memo::new(move |_| match app_state.route.get() {
        Route::Help { topic, find } => (topic, find),
        _ => (None, None),
    });
    // On a wide screen the first topic shows when none was asked for; a narrow one has room for the list only.
    let is_list = Memo::new(move |_| asked.with(|(topic, _)| topic.is_none()));
    let shown = Memo::new(move |_| {
        let (topic, find) = asked.get();
        (topic.or_else(|| book.with_value(|book| book.topics.first().map(|topic| topic.id.clone()))), find)
    });
    // Following a link inside of the help moves the focus as a new page would.
    Effect::new(move |before: Option<Option<String>>| {
        let topic = asked.with(|(topic, _)| topic.clone());
        if before.is_some_and(|before| before != topic) && topic.is_some() {
            focus_soon(TOPIC_HEADING_ID.to_owned());
        }
        topic
    });
    view! {
        <div class="help-columns" class:help-columns--list=is_list>
            <div class="help-side">
                <TextField
                    id="help-search"
                    label="Search help"
                    input_type="search"
                    value=wanted
                    on_input=move |text: String| wanted.set(text)
                />
                {move || topic_list(book, &wanted.get(), shown)}
            </div>
            {move || {
                let (topic, find) = shown.get();
                book.with_value(|book| {
                    book.topics.iter().find(|known| Some(&known.id) == topic.as_ref()).map(|topic| show_topic(topic, find))
                })
                    .unwrap_or_else(|| {
                        view! {
                            <EmptyState glyph=Icon::Search title="There is no such topic" text=messages::HELP_NO_TOPIC>
                                <a class="button" href="#/help">"All topics"</a>
                            </EmptyState>
                        }
                            .into_any()
                    })
            }}
        </div>
    }
    .into_any()
}

fn topic_list(book: StoredValue<HelpBook>, wanted: &str, shown: Memo<(Option<String>, Option<String>)>) -> AnyView {
    let is_searching = !wanted.trim().is_empty();
    let found: Vec<_> = book.with_value(|book| {
        let found = book.search(wanted).into_iter();
        found.map(|(topic, sentence)| (topic.id.clone(), topic.title.clone(), sentence)).collect()
    });
    if found.is_empty() {
        return view! { <p class="muted" role="status">{messages::HELP_NOTHING_FOUND}</p> }.into_any();
    }
    let wanted = wanted.trim().to_owned();
    let rows = found.into_iter().map(|(id, title, sentence)| {
        let find = (is_searching && sentence.is_empty()).then(|| wanted.clone());
        let href = Route::Help { topic: Some(id.clone()), find }.hash();
        let is_current = move || shown.with(|(topic, _)| topic.as_ref() == Some(&id)).then_some("page");
        view! {
            <li>
                <a class="help-link" href=href aria-current=is_current>
                    <span>{title}</span>
                    {(is_searching && !sentence.is_empty()).then(|| view! { <span class="help-found muted">{sentence}</span> })}
                </a>
            </li>
        }
    });
    view! { <nav aria-label="Topics"><ul class="help-topics">{rows.collect_view()}</ul></nav> }.into_any()
}

fn show_topic(topic: &Topic, find: Option<String>) -> AnyView {
    let blocks = topic.blocks.iter().map(|block| show_block(block, find.as_deref())).collect_view();
    view! {
        <article class="help-topic">
            <a class="help-back" href="#/help">{icon(Icon::ArrowLeft)}<span>"All topics"</span></a>
            <h2 id=TOPIC_HEADING_ID tabindex="-1">{topic.title.clone()}</h2>
            {blocks}
        </article>
    }
    .into_any()
}

fn show_block(block: &Block, find: Option<&str>) -> AnyView {
    let items = |items: &[String]| items.iter().map(|item| view! { <li>{marked(item)}</li> }).collect_view();
    match block {
        Block::Heading(text) => view! { <h3>{text.clone()}</h3> }.into_any(),
        Block::Text(text) => view! { <p>{marked(text)}</p> }.into_any(),
        Block::List(texts) => view! { <ul class="help-list">{items(texts)}</ul> }.into_any(),
        Block::Steps(texts) => view! { <ol class="help-list">{items(texts)}</ol> }.into_any(),
        Block::Code(text) => view! { <pre class="help-code" tabindex="0">{text.clone()}</pre> }.into_any(),
        Block::Table { head, rows } => show_table(head, rows),
        Block::Link { to, label } => view! { <p><a class="button" href=to.clone()>{label.clone()}</a></p> }.into_any(),
        Block::Retries => retries::drawing(),
        Block::Shortcuts => shortcuts(),
        Block::Language => view! { <language::Reference find=find.unwrap_or_default().to_owned() /> }.into_any(),
    }
}

/// A text with its marks.
fn marked(text: &str) -> AnyView {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Plain(text) => text.into_any(),
            Piece::Code(text) => view! { <code>{text}</code> }.into_any(),
            Piece::Emphasis(text) => view! { <em>{text}</em> }.into_any(),
        })
        .collect_view()
        .into_any()
}

fn show_table(head: &[String], rows: &[Vec<String>]) -> AnyView {
    let head = head.iter().map(|cell| view! { <th scope="col">{cell.clone()}</th> }).collect_view();
    let rows = rows
        .iter()
        .map(|row| {
            let mut cells = row.iter();
            let first = cells.next().map(|cell| view! { <th scope="row">{marked(cell)}</th> });
            view! { <tr>{first}{cells.map(|cell| view! { <td>{marked(cell)}</td> }).collect_view()}</tr> }
        })
        .collect_view();
    view! { <div class="help-scroll" tabindex="0" role="group" aria-label="Table"><table class="help-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div> }
        .into_any()
}

/// The builder's keys, as its own sheet has them.
fn shortcuts() -> AnyView {
    let walking = WALKING_KEYS.into_iter();
    let acting = COMMANDS.iter().filter(|info| !info.keys.is_empty()).map(|info| (info.keys, info.label));
    let rows = walking
        .chain(acting)
        .map(|(keys, label)| view! { <tr><th scope="row"><kbd>{keys}</kbd></th><td>{label}</td></tr> })
        .collect_view();
    view! { <table class="help-table help-keys"><tbody>{rows}</tbody></table> }.into_any()
}
