//! Reads a whole text bit by bit, so that thousands of rows can be read with progress and be stopped.
//!
//! In: text, and what stands in for what it leaves out. Out: slices of items and problems.
//! Invariant: each slice reads at least one piece, until the text is read.

use serde_json::{Map, Value};

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{EventId, ProfileId};
use crate::domain::import::cell::read_cell;
use crate::domain::import::csv::CsvReader;
use crate::domain::import::pieces::{Piece, Pieces};
use crate::domain::import::{Defaults, FoundEvent, Item, Layout, RowKind, RowProblem, shape};

/// What one step of reading gave.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Slice {
    pub items: Vec<Item>,
    pub problems: Vec<RowProblem>,
    /// How far the text is read, in bytes.
    pub position: usize,
    pub is_last: bool,
}

/// Reads a text.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    text: &'a str,
    defaults: Defaults,
    source: Source<'a>,
}

#[derive(Debug, Clone)]
enum Source<'a> {
    Pieces(Pieces<'a>),
    Table(Box<Table<'a>>),
}

#[derive(Debug, Clone)]
struct Table<'a> {
    records: CsvReader<'a>,
    /// `None` until the head line is read.
    columns: Option<Vec<Column>>,
    kind: RowKind,
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    /// A field of the event or the profile itself, by our own name.
    Field(&'static str),
    Location(String),
    Property(String),
}

/// Tells how a text is laid out by how it begins.
pub fn layout_of(text: &str) -> Layout {
    let trimmed = text.trim_start_matches('\u{feff}').trim_start();
    if !trimmed.starts_with(['{', '[']) {
        return Layout::Csv;
    }
    let first_line = trimmed.lines().next().unwrap_or_default();
    let has_more = trimmed.get(first_line.len()..).is_some_and(|rest| !rest.trim().is_empty());
    let is_whole = serde_json::from_str::<serde::de::IgnoredAny>(first_line).is_ok();
    if has_more && is_whole && trimmed.starts_with('{') { Layout::JsonLines } else { Layout::Json }
}

impl<'a> Reader<'a> {
    /// A reader at the start of the text.
    pub fn new(text: &'a str, defaults: Defaults) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let source = match layout_of(text) {
            Layout::Json => Source::Pieces(Pieces::by_brackets(text)),
            Layout::JsonLines => Source::Pieces(Pieces::by_lines(text)),
            Layout::Csv => {
                let kind = defaults.row_kind.unwrap_or(RowKind::Event);
                Source::Table(Box::new(Table { records: CsvReader::new(text), columns: None, kind }))
            }
        };
        Self { text, defaults, source }
    }

    /// Reads on until there are `n_items`, or a megabyte was read.
    pub fn read(&mut self, n_items: usize) -> Slice {
        const MAX_BYTES: usize = 1_000_000;
        let mut slice = Slice { is_last: true, ..Slice::default() };
        let start = self.position();
        while self.read_one(&mut slice) {
            if slice.items.len() + slice.problems.len() >= n_items || self.position() - start >= MAX_BYTES {
                slice.is_last = false;
                break;
            }
        }
        slice.position = if slice.is_last { self.text.len() } else { self.position() };
        slice
    }

    /// How long the text is, in bytes.
    pub const fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether there is nothing to read.
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn position(&self) -> usize {
        match &self.source {
            Source::Pieces(pieces) => pieces.position(),
            Source::Table(table) => table.records.position(),
        }
    }

    /// Reads one piece; `false` at the end.
    fn read_one(&mut self, slice: &mut Slice) -> bool {
        match &mut self.source {
            Source::Pieces(pieces) => match pieces.next() {
                Some(piece) => {
                    read_piece(self.text, &piece, &self.defaults, slice);
                    true
                }
                None => false,
            },
            Source::Table(table) => table.read_row(&self.defaults, slice).is_some(),
        }
    }
}

fn read_piece(text: &str, piece: &Piece, defaults: &Defaults, slice: &mut Slice) {
    let text = text.get(piece.range.clone()).unwrap_or_default();
    let mut problem = |line: usize, message: String| slice.problems.push(RowProblem { line, message });
    if !piece.is_closed {
        return problem(piece.line, "This value is never closed: a bracket or a quotation mark is missing.".to_owned());
    }
    match serde_json::from_str::<Value>(text.trim()) {
        Ok(value) => {
            let (mut items, messages) = shape::read(value, defaults);
            for message in messages {
                problem(piece.line, message);
            }
            slice.items.append(&mut items);
        }
        Err(error) => {
            let said = error.to_string();
            let phrase = match said.split(" at line ").next().unwrap_or(&said) {
                phrase if phrase.starts_with("EOF") => "it ends too early",
                "expected value" => "a value is missing",
                "key must be a string" => "a name must stand in double quotes",
                phrase => phrase,
            };
            let leading = text.len() - text.trim_start().len();
            let n_skipped = text.get(..leading).unwrap_or_default().matches('\n').count();
            let line = piece.line + n_skipped + error.line().saturating_sub(1);
            problem(line, format!("This is not JSON: {phrase}, at character {}.", error.column()));
        }
    }
}

impl Table<'_> {
    /// Reads one row; `None` at the end.
    fn read_row(&mut self, defaults: &Defaults, slice: &mut Slice) -> Option<()> {
        let record = match self.records.next()? {
            Ok(record) => record,
            Err(problem) => {
                slice.problems.push(problem);
                return Some(());
            }
        };
        let Some(columns) = &self.columns else {
            let columns = columns_of(&record.fields);
            if let Some(kind) = guess_kind(&columns).filter(|_| defaults.row_kind.is_none()) {
                self.kind = kind;
            }
            self.columns = Some(columns);
            return Some(());
        };
        let is_surplus = |field: &String| !field.trim().is_empty();
        if record.fields.iter().skip(columns.len()).any(is_surplus) {
            let message = format!("The row has {} fields, the head line only {}.", record.fields.len(), columns.len());
            slice.problems.push(RowProblem { line: record.line, message });
            return Some(());
        }
        let cells = columns.iter().zip(&record.fields);
        let item = match self.kind {
            RowKind::Event => event_of(cells, defaults).map(Item::Event),
            RowKind::Profile => profile_of(cells).map(Item::Profile),
        };
        match item {
            Ok(item) => slice.items.push(item),
            Err(message) => slice.problems.push(RowProblem { line: record.line, message }),
        }
        Some(())
    }
}

fn columns_of(head: &[String]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for (column_idx, name) in head.iter().enumerate() {
        let mut column = column_of(name.trim());
        if let Column::Property(name) = &mut column
            && name.is_empty()
        {
            *name = format!("Column {}", column_idx + 1);
        }
        // Of two columns with one name, the second keeps its values under its own.
        while columns.contains(&column) {
            column = Column::Property(match column {
                Column::Property(name) | Column::Location(name) => format!("{name} (2)"),
                Column::Field(_) => name.trim().to_owned(),
            });
        }
        columns.push(column);
    }
    columns
}

fn column_of(name: &str) -> Column {
    if let Some(property) = name.strip_prefix("properties.") {
        return Column::Property(property.to_owned());
    }
    if let Some(property) = name.strip_prefix("location.") {
        return Column::Location(property.to_owned());
    }
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let field = match plain.as_str() {
        "metric" | "metricname" | "event" | "eventname" => "metric",
        "platform" | "service" => "platform",
        "time" | "timestamp" | "occurredat" | "datetime" | "eventtime" => "occurred_at",
        "id" | "eventid" if !name.starts_with('$') => "id",
        "profileid" => "profile_id",
        "email" | "emailaddress" => "email",
        "firstname" => "first_name",
        "lastname" => "last_name",
        "phone" | "phonenumber" => "phone_number",
        _ => return Column::Property(name.to_owned()),
    };
    Column::Field(field)
}

/// Events have a metric, a time or an amount; profiles have an address and none of these.
fn guess_kind(columns: &[Column]) -> Option<RowKind> {
    let has = |field: &str| columns.iter().any(|column| matches!(column, Column::Field(name) if *name == field));
    let has_amount = columns.iter().any(
        |column| matches!(column, Column::Property(name) if matches!(name.as_str(), "$value" | "value" | "Value")),
    );
    if has("metric") || has("occurred_at") || has_amount {
        return Some(RowKind::Event);
    }
    (has("email") || has("phone_number")).then_some(RowKind::Profile)
}

fn event_of<'c>(
    cells: impl Iterator<Item = (&'c Column, &'c String)>,
    defaults: &Defaults,
) -> Result<FoundEvent, String> {
    let (mut own, mut person, mut properties) = (Map::new(), Map::new(), Map::new());
    for (column, cell) in cells {
        let text = || Value::String(cell.trim().to_owned());
        match column {
            _ if cell.trim().is_empty() => {}
            Column::Field(name @ ("email" | "first_name" | "last_name" | "phone_number")) => {
                person.insert((*name).to_owned(), text());
            }
            Column::Field(name) => {
                own.insert((*name).to_owned(), text());
            }
            Column::Location(name) => {
                properties.extend(read_cell(cell).map(|value| (format!("location.{name}"), value)));
            }
            Column::Property(name) => properties.extend(read_cell(cell).map(|value| (name.clone(), value))),
        }
    }
    let text = |name: &str| own.get(name).and_then(Value::as_str).map(str::to_owned);
    let occurred_at = match own.get("occurred_at") {
        Some(time) => shape::read_time(time).ok_or_else(|| {
            format!("The event’s time, {time}, is no time. Write it as 2026-02-01T08:30:00Z or in seconds since 1970.")
        })?,
        None => defaults.now,
    };
    let event = TriggerEvent {
        id: EventId::new(text("id").unwrap_or_default()),
        metric: text("metric").unwrap_or_else(|| defaults.metric.clone()),
        platform: text("platform").unwrap_or_else(|| shape::DEFAULT_PLATFORM.to_owned()),
        profile_id: ProfileId::new(text("profile_id").unwrap_or_default()),
        occurred_at,
        properties,
    };
    Ok(FoundEvent { event, person: shape::read_profile(person, None).ok() })
}

fn profile_of<'c>(cells: impl Iterator<Item = (&'c Column, &'c String)>) -> Result<Profile, String> {
    let (mut map, mut location, mut properties) = (Map::new(), Map::new(), Map::new());
    for (column, cell) in cells {
        let text = Value::String(cell.trim().to_owned());
        match column {
            _ if cell.trim().is_empty() => {}
            Column::Field(name @ ("id" | "email" | "first_name" | "last_name" | "phone_number")) => {
                map.insert((*name).to_owned(), text);
            }
            Column::Field("profile_id") => {
                map.insert("id".to_owned(), text);
            }
            Column::Field(name) => {
                properties.insert((*name).to_owned(), text);
            }
            Column::Location(name) => {
                location.insert(name.clone(), text);
            }
            Column::Property(name) => match name.to_lowercase().as_str() {
                place @ ("address1" | "address2" | "city" | "region" | "country" | "zip" | "timezone") => {
                    location.insert(place.to_owned(), text);
                }
                _ => properties.extend(read_cell(cell).map(|value| (name.clone(), value))),
            },
        }
    }
    map.insert("location".to_owned(), Value::Object(location));
    map.insert("properties".to_owned(), Value::Object(properties));
    shape::read_profile(map, None)
}
