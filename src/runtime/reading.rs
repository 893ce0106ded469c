//! Reading an import in a worker: the order on its way there, and the slices on their way back, as text.
//!
//! In: an order, slices. Out: text, and both again.
//! Invariant: a text that is no order and no reply is `None`, never an error.

use serde_json::{Map, Value};

use crate::domain::import::reader::Slice;
use crate::domain::import::{Defaults, Item, Reader, RowKind, RowProblem, shape};
use crate::domain::time::Timestamp;
use crate::runtime::library::ReadOrder;

/// What an order begins with; nothing else that goes to a worker does.
const PREFIX: &str = "read\n";

/// Items in one reply: few enough that the page takes one in without a stutter.
const SLICE: usize = 100;

/// The order as text: a head line, then what is to be read.
pub fn order_text(order: &ReadOrder) -> String {
    let kind = match order.defaults.row_kind {
        None => "",
        Some(RowKind::Event) => "event",
        Some(RowKind::Profile) => "profile",
    };
    let metric = Value::String(order.defaults.metric.clone());
    format!("{PREFIX}{}\t{}\t{kind}\t{metric}\n{}", order.ticket, order.defaults.now.as_millis(), order.text)
}

/// The order in a text.
pub fn read_order(text: &str) -> Option<ReadOrder> {
    let (head, text) = text.strip_prefix(PREFIX)?.split_once('\n')?;
    let mut parts = head.splitn(4, '\t');
    let ticket = parts.next()?.parse().ok()?;
    let now = Timestamp::from_millis(parts.next()?.parse().ok()?);
    let row_kind = match parts.next()? {
        "event" => Some(RowKind::Event),
        "profile" => Some(RowKind::Profile),
        _ => None,
    };
    let metric = serde_json::from_str::<Value>(parts.next()?).ok()?.as_str()?.to_owned();
    Some(ReadOrder { ticket, text: text.to_owned(), defaults: Defaults { metric, now, row_kind } })
}

/// Reads all of it, a reply a slice.
pub fn read_all(order: &ReadOrder, mut reply: impl FnMut(String)) {
    let mut reader = Reader::new(&order.text, order.defaults.clone());
    let n_bytes = reader.len();
    loop {
        let slice = reader.read(SLICE);
        let is_last = slice.is_last;
        reply(reply_text(order.ticket, slice, n_bytes));
        if is_last {
            return;
        }
    }
}

fn reply_text(ticket: u64, slice: Slice, n_bytes: usize) -> String {
    let mut map = Map::new();
    map.insert("ticket".to_owned(), Value::from(ticket));
    map.insert("n_bytes".to_owned(), Value::from(n_bytes));
    map.insert("position".to_owned(), Value::from(slice.position));
    map.insert("is_last".to_owned(), Value::Bool(slice.is_last));
    let items = slice.items.iter().map(|item| match item {
        Item::Event(found) => shape::event_value(&found.event, found.person.as_ref()),
        Item::Profile(profile) => shape::profile_value(profile),
    });
    map.insert("items".to_owned(), Value::Array(items.collect()));
    let problems = slice
        .problems
        .into_iter()
        .map(|problem| Value::from(vec![Value::from(problem.line), Value::String(problem.message)]));
    map.insert("problems".to_owned(), Value::Array(problems.collect()));
    Value::Object(map).to_string()
}

/// The slice in a reply, with its ticket and the length of the whole text.
pub fn read_reply(text: &str) -> Option<(u64, Slice, usize)> {
    let Ok(Value::Object(mut map)) = serde_json::from_str(text) else { return None };
    let number = |map: &Map<String, Value>, name: &str| map.get(name)?.as_u64();
    let ticket = number(&map, "ticket")?;
    let position = usize::try_from(number(&map, "position")?).ok()?;
    let n_bytes = usize::try_from(number(&map, "n_bytes")?).ok()?;
    let is_last = map.get("is_last")?.as_bool()?;
    let problems = map.get("problems")?.as_array()?.iter().filter_map(|problem| {
        let line = usize::try_from(problem.get(0)?.as_u64()?).ok()?;
        Some(RowProblem { line, message: problem.get(1)?.as_str()?.to_owned() })
    });
    let problems = problems.collect();
    // Every event says its time, so that these defaults are never asked.
    let defaults = Defaults { metric: String::new(), now: Timestamp::from_millis(0), row_kind: None };
    let (items, _) = shape::read(map.remove("items")?, &defaults);
    Some((ticket, Slice { items, problems, position, is_last }, n_bytes))
}
