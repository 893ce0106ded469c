//! How flows lie on disk: the working copy and the last saved version, in one row.
//!
//! In: flow documents. Out: rows, and back.
//! Invariant: the row's key is the working copy's id.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::domain::flow::{date_trigger, delay, model as domain};
use crate::domain::id::{FlowId, NodeId};
use crate::storage::record::condition::ConditionGroupsRecord;
use crate::storage::record::mirror::{JsonText, Mirror, Misfit, Variant, stored};
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Row, StoreName};

stored! {
    /// A row of [`StoreName::Flows`].
    struct FlowDocumentRecord for domain::FlowDocument {
        working: FlowRecord,
        saved: Option<SavedFlowRecord>,
        edited_at: i64,
    }
}
stored! {
    struct SavedFlowRecord for domain::SavedFlow { version: u32, flow: FlowRecord, saved_at: i64 }
}
stored! {
    struct FlowRecord for domain::Flow {
        id: String,
        name: String,
        trigger: TriggerRecord,
        trigger_filter: ConditionGroupsRecord,
        profile_filter: ConditionGroupsRecord,
        reentry: ReentryRecord,
        entry: Option<String>,
        nodes: BTreeMap<String, NodeRecord>,
        klaviyo: Option<Value>,
    }
}
stored! {
    enum TriggerRecord for domain::Trigger {
        Unset,
        Metric { metric: String },
        PriceDrop,
        List { list: String },
        Segment { segment: String },
        DateProperty { property: String, schedule: DateScheduleRecord },
    }
}
stored! {
    struct DateScheduleRecord for date_trigger::DateSchedule {
        before: u32,
        unit: DateOffsetRecord,
        recurrence: RecurrenceRecord,
        time: TimeOfDayRecord,
        zone: Option<String>,
    }
}
stored! {
    names DateOffsetRecord for date_trigger::DateOffset { Days, Weeks, Months }
}
stored! {
    names RecurrenceRecord for date_trigger::Recurrence { Never, Weekly, Monthly, Annually }
}
stored! {
    enum ReentryRecord for domain::Reentry { Always, Never, AfterHours { hours: u32 } }
}
stored! {
    struct NodeRecord for domain::Node { id: String, kind: NodeKindRecord }
}
stored! {
    enum NodeKindRecord for domain::NodeKind {
        Webhook { action: WebhookActionRecord, next: Option<String> },
        TimeDelay { delay: TimeDelayRecord, next: Option<String> },
        TriggerSplit { condition: ConditionGroupsRecord, yes: Option<String>, no: Option<String> },
        ConditionalSplit { condition: ConditionGroupsRecord, yes: Option<String>, no: Option<String> },
        Foreign { action_type: String, definition: Value, next: Option<String> },
        Note { text: String, next: Option<String> },
    } else Unknown by UnknownKind
}
stored! {
    names ActionStatusRecord for domain::ActionStatus { Draft, Manual, Live }
}
stored! {
    struct WebhookActionRecord for domain::WebhookAction {
        name: String,
        status: ActionStatusRecord,
        url: String,
        headers: Vec<HeaderRowRecord>,
        payload: String,
        repeat_policy: RepeatPolicyRecord,
    }
}
stored! {
    struct HeaderRowRecord for domain::HeaderRow { name: String, value: String }
}
stored! {
    names RepeatPolicyRecord for domain::RepeatPolicy { AtLeastOnce, AtMostOnce }
}
stored! {
    struct TimeDelayRecord for delay::TimeDelay {
        value: u32,
        unit: DelayUnitRecord,
        until_time: Option<TimeOfDayRecord>,
        weekdays: Option<Vec<WeekdayRecord>>,
        zone: Option<String>,
    }
}
stored! {
    names DelayUnitRecord for delay::DelayUnit { Minutes, Hours, Days }
}
stored! {
    names WeekdayRecord for delay::Weekday { Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday }
}

/// A kind that no version so far has written. On disk it stays as it came, so that the version that wrote it reads it again.
///
/// Only `next` is followed: what else leads on from it, this version cannot tell.
#[derive(Debug)]
pub enum UnknownKind {}

impl Variant<domain::NodeKind> for UnknownKind {
    fn write(domain: &domain::NodeKind, out: &mut JsonText) {
        let domain::NodeKind::Unknown { name, fields, next } = domain else { return };
        if fields.is_empty() && next.is_none() {
            return out.text(name);
        }
        let mut fields = fields.clone();
        if next.is_some() || fields.contains_key("next") {
            let next = next.as_ref().map(|next| Value::from(next.as_str()));
            fields.insert("next".to_owned(), next.unwrap_or_default());
        }
        let mut kind = Map::new();
        kind.insert(name.clone(), Value::Object(fields));
        out.value(&Value::Object(kind));
    }
    fn read(name: String, fields: Map<String, Value>) -> Result<domain::NodeKind, Misfit> {
        let next = fields.get("next").and_then(Value::as_str).map(NodeId::new);
        Ok(domain::NodeKind::Unknown { name, fields, next })
    }
}

/// A time of day, stored as `09:30`. Text that is no time of day makes the row unreadable.
#[derive(Debug)]
pub enum TimeOfDayRecord {}

impl Mirror<delay::TimeOfDay> for TimeOfDayRecord {
    fn write(domain: &delay::TimeOfDay, out: &mut JsonText) {
        out.text(&domain.to_string());
    }
    fn read(json: Value) -> Result<delay::TimeOfDay, Misfit> {
        let text: String = String::read(json)?;
        delay::TimeOfDay::parse(&text).ok_or(Misfit::new("a time of day such as 09:30"))
    }
}

impl Stored for domain::FlowDocument {
    const STORE: StoreName = StoreName::Flows;
    const VERSION: u32 = 2;

    fn to_row(&self) -> Row {
        write_row::<Self, FlowDocumentRecord>(self, self.working.id.as_str().to_owned(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, FlowDocumentRecord>(row)
    }
}

/// A saved version, in [`StoreName::Versions`]: found by its flow's id and its number.
impl Stored for domain::SavedFlow {
    const STORE: StoreName = StoreName::Versions;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, SavedFlowRecord>(self, version_key(&self.flow.id, self.version), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, SavedFlowRecord>(row)
    }
}

/// The key of a version; keys of one flow sort by their number.
pub fn version_key(flow_id: &FlowId, version: u32) -> String {
    format!("{}{version:08}", version_prefix(flow_id))
}

/// What the keys of all versions of a flow begin with.
pub fn version_prefix(flow_id: &FlowId) -> String {
    format!("{}/", flow_id.as_str())
}
