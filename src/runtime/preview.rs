//! Previews: one job at a time in the calculation worker, what somebody waits for first.
//!
//! In: requests as fast as somebody types, and answers. Out: what to send to the worker now, and when it has run away.
//! Invariant: at most one job is with the worker; of those that wait only the newest of each lane is kept.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::domain::event::{Profile, RenderSource, TriggerEvent, render_context};
use crate::domain::flow::delay::{UtcOnly, ZoneOffsets};
use crate::domain::payload::harsh::{self, Break, Harshness};
use crate::domain::payload::{
    CompiledPayload, Origin, RenderOptions, RenderedPayload, compile_payload, compile_payload_with,
};
use crate::domain::settings::WorkspaceSettings;
use crate::domain::template::catalog::Dialect;
use crate::domain::template::engine::Context;
use crate::domain::time::Timestamp;
use crate::storage::record::event::{ProfileRecord, TriggerEventRecord};
use crate::storage::record::mirror::{JsonText, Mirror, Misfit, stored};
use crate::storage::record::outcome::TemplateProblemRecord;
use crate::storage::record::settings::WorkspaceSettingsRecord;

/// How long a job may take before its worker is ended, in milliseconds.
pub const PATIENCE_MILLIS: i64 = 3_000;

/// How long its worker may take to start and to read what the job needs, in milliseconds.
pub const START_PATIENCE_MILLIS: i64 = 30_000;

/// Contexts that the worker keeps; the page counts along.
pub const N_KEPT_CONTEXTS: usize = 3;

/// What a job is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// The payload on the screen, for the chosen event.
    Preview,
    /// The same for another event, to compare.
    Compared,
    /// Harsh data.
    Sweep,
}

const LANES: [Lane; 3] = [Lane::Preview, Lane::Compared, Lane::Sweep];

/// What a payload is rendered with. Large, and sent to the worker once.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewContext {
    /// Differs for contexts that differ.
    pub id: u64,
    pub profile: Profile,
    /// `None` where the trigger brings no event.
    pub event: Option<TriggerEvent>,
    pub settings: WorkspaceSettings,
    pub is_profile_only: bool,
    /// What the payload may include and extend in Django's dialect, each a name and a source.
    pub snippets: Vec<(String, String)>,
}

impl PreviewContext {
    /// What a template sees.
    pub fn values(&self) -> Map<String, Value> {
        self.values_for(&self.profile, self.event.as_ref())
    }

    fn values_for(&self, profile: &Profile, event: Option<&TriggerEvent>) -> Map<String, Value> {
        let event = event.filter(|_| !self.is_profile_only);
        render_context(RenderSource { profile, event, organization: &self.settings.organization })
    }
}

/// What a payload is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    pub is_django: bool,
    pub is_autoescape_on: bool,
}

impl Reading {
    /// Whose language it is.
    pub const fn dialect(self) -> Dialect {
        if self.is_django { Dialect::Django } else { Dialect::Klaviyo }
    }
}

/// A job and what it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewRequest {
    pub context: Arc<PreviewContext>,
    pub job: PreviewJob,
}

/// A job, as the worker gets it.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewJob {
    pub lane: Lane,
    /// Counts up; answers carry it.
    pub ticket: u64,
    pub context_id: u64,
    pub source: String,
    pub reading: Reading,
    /// In the lane of harsh data: the first variant to try.
    pub from: usize,
}

/// The calculation worker's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewReply {
    pub lane: Lane,
    pub ticket: u64,
    /// Nothing in the lane of harsh data.
    pub rendered: Option<RenderedPayload>,
    pub render_micros: u64,
    /// Of harsh data only.
    pub sweep: SweepPart,
}

/// How far harsh data has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SweepPart {
    pub breaks: Vec<Break>,
    /// Variants tried so far, from the beginning.
    pub n_tried: usize,
    pub n_variants: usize,
}

stored! {
    names LaneRecord for Lane { Preview, Compared, Sweep }
}
stored! {
    /// A context on its way to the worker.
    struct PreviewContextRecord for PreviewContext {
        id: u64,
        profile: ProfileRecord,
        event: Option<TriggerEventRecord>,
        settings: WorkspaceSettingsRecord,
        is_profile_only: bool,
        snippets: Vec<(String, String)>,
    }
}
stored! {
    struct ReadingRecord for Reading { is_django: bool, is_autoescape_on: bool }
}
stored! {
    /// A job on its way to the worker.
    struct PreviewJobRecord for PreviewJob {
        lane: LaneRecord,
        ticket: u64,
        context_id: u64,
        source: String,
        reading: ReadingRecord,
        from: u64,
    }
}
stored! {
    /// An answer on its way back.
    struct PreviewReplyRecord for PreviewReply {
        lane: LaneRecord,
        ticket: u64,
        rendered: Option<RenderedPayloadRecord>,
        render_micros: u64,
        sweep: SweepPartRecord,
    }
}
stored! {
    struct RenderedPayloadRecord for RenderedPayload {
        output: Option<String>,
        problems: Vec<TemplateProblemRecord>,
        origins: OriginsRecord,
    }
}

/// Origins on their way: numbers in one text, since there are thousands. Of each: how far after the one before it begins
/// in the output, its length there, its start in the source and its length there.
struct OriginsRecord;

impl Mirror<Vec<Origin>> for OriginsRecord {
    fn write(origins: &Vec<Origin>, out: &mut JsonText) {
        let mut text = String::with_capacity(origins.len() * 14);
        let mut end = 0;
        for Origin { output, source } in origins {
            for number in [output.start.saturating_sub(end), output.len(), source.start, source.len()] {
                text.push_str(&number.to_string());
                text.push(' ');
            }
            end = output.end;
        }
        out.text(&text);
    }

    fn read(json: Value) -> Result<Vec<Origin>, Misfit> {
        let Value::String(text) = json else { return Err(Misfit::new("numbers in a text")) };
        let mut numbers = text.split_ascii_whitespace().map_while(|number| number.parse::<usize>().ok());
        let mut origins = Vec::new();
        let mut end = 0;
        while let (Some(skipped), Some(len), Some(start), Some(source_len)) =
            (numbers.next(), numbers.next(), numbers.next(), numbers.next())
        {
            let output = end + skipped..end + skipped + len;
            end = output.end;
            origins.push(Origin { output, source: start..start + source_len });
        }
        Ok(origins)
    }
}
stored! {
    struct SweepPartRecord for SweepPart { breaks: Vec<BreakRecord>, n_tried: u64, n_variants: u64 }
}
stored! {
    struct BreakRecord for Break {
        field: String,
        harshness: HarshnessRecord,
        message: String,
        range: (u64, u64),
        line: u64,
        column: u64,
    }
}
stored! {
    names HarshnessRecord for Harshness {
        Missing,
        Null,
        Empty,
        Quotes,
        Backslash,
        Newline,
        Emoji,
        RightToLeft,
        VeryLong,
        HugeNumber,
        FractionalNumber,
        NumberAsText,
        EmptyList,
        OneElement,
    }
}

/// The worker's own memory: the newest contexts, converted.
#[derive(Debug, Default)]
pub struct Workshop {
    contexts: Vec<KeptContext>,
}

#[derive(Debug)]
struct KeptContext {
    given: PreviewContext,
    values: Map<String, Value>,
    converted: Context,
}

impl Workshop {
    /// Takes a context to render with.
    pub fn keep(&mut self, given: PreviewContext) {
        let values = given.values();
        let converted = Context::from_json(&values);
        self.contexts.push(KeptContext { given, values, converted });
        if self.contexts.len() > N_KEPT_CONTEXTS {
            self.contexts.remove(0);
        }
    }

    /// Does a job. Harsh data stops when `is_over`, and is asked for again from there on.
    pub fn work(&self, job: &PreviewJob, here: Here<'_>, is_over: &dyn Fn() -> bool) -> Option<PreviewReply> {
        let kept = self.contexts.iter().find(|kept| kept.given.id == job.context_id)?;
        let options = options(job.reading, &kept.given, here);
        let payload = match kept.given.snippets.as_slice() {
            [] => compile_payload(&job.source, options),
            snippets => compile_payload_with(&job.source, snippets, options),
        };
        let (rendered, sweep) = match job.lane {
            Lane::Preview | Lane::Compared => {
                (Some(payload.render_converted(&kept.values, &kept.converted)), SweepPart::default())
            }
            Lane::Sweep => (None, sweep(&payload, &kept.given, job.from, is_over)),
        };
        Some(PreviewReply { lane: job.lane, ticket: job.ticket, rendered, render_micros: 0, sweep })
    }
}

/// The time, and what it is called elsewhere.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    pub now: Timestamp,
    pub zones: &'a dyn ZoneOffsets,
}

fn options(reading: Reading, context: &PreviewContext, here: Here<'_>) -> RenderOptions {
    RenderOptions {
        is_autoescape_on: reading.is_autoescape_on,
        is_profile_only: context.is_profile_only,
        dialect: reading.dialect(),
        now_millis: here.now.as_millis(),
        offset_secs: here.zones.offset_secs(&context.settings.time_zone, here.now).unwrap_or(0),
        currency: context.settings.currency.clone(),
    }
}

fn sweep(payload: &CompiledPayload, context: &PreviewContext, from: usize, is_over: &dyn Fn() -> bool) -> SweepPart {
    let event = context.event.as_ref().filter(|_| !context.is_profile_only);
    let variants = harsh::variants(&context.profile, event);
    let mut part = SweepPart { n_tried: from, n_variants: variants.len(), breaks: Vec::new() };
    for variant in variants.iter().skip(from) {
        let (profile, event) = harsh::apply(variant, &context.profile, event);
        let rendered = payload.render(&context.values_for(&profile, event.as_ref()));
        part.breaks.extend(harsh::judge(variant, &rendered));
        part.n_tried += 1;
        if is_over() {
            break;
        }
    }
    part
}

/// Tries everything at once, as tests do.
pub fn sweep_all(source: &str, context: &PreviewContext) -> Vec<Break> {
    let here = Here { now: Timestamp::from_millis(0), zones: &UtcOnly };
    let options = options(Reading::default(), context, here);
    sweep(&compile_payload(source, options), context, 0, &|| false).breaks
}

/// What is with the worker, and what comes next.
#[derive(Debug, Default)]
pub struct PreviewQueue {
    with_worker: Option<WithWorker>,
    waiting: Vec<PreviewRequest>,
}

#[derive(Debug, Clone, Copy)]
struct WithWorker {
    lane: Lane,
    ticket: u64,
    /// Sent, or begun.
    since: Timestamp,
    has_begun: bool,
}

impl PreviewQueue {
    /// Takes a request; answers what to send to the worker now.
    pub fn push(&mut self, request: PreviewRequest, now: Timestamp) -> Option<PreviewRequest> {
        self.waiting.retain(|waiting| waiting.job.lane != request.job.lane);
        self.waiting.push(request);
        self.pull(now)
    }

    /// The worker has read its job, and works.
    pub fn begin(&mut self, now: Timestamp) {
        if let Some(with_worker) = &mut self.with_worker {
            with_worker.since = now;
            with_worker.has_begun = true;
        }
    }

    /// The worker answered; answers what to send to it next.
    pub fn finish(&mut self, lane: Lane, ticket: u64, now: Timestamp) -> Option<PreviewRequest> {
        if self.with_worker.is_some_and(|with_worker| (with_worker.lane, with_worker.ticket) == (lane, ticket)) {
            self.with_worker = None;
        }
        self.pull(now)
    }

    /// The job that the worker has had for too long. It is forgotten: end the worker, start another, then pull.
    pub fn take_stuck(&mut self, now: Timestamp) -> Option<(Lane, u64)> {
        let WithWorker { since, has_begun, .. } = self.with_worker?;
        let patience = if has_begun { PATIENCE_MILLIS } else { START_PATIENCE_MILLIS };
        if now.millis_since(since) < patience { None } else { self.take_lost() }
    }

    /// The job of a worker that is gone. It is forgotten: start another, then pull.
    pub fn take_lost(&mut self) -> Option<(Lane, u64)> {
        self.with_worker.take().map(|WithWorker { lane, ticket, .. }| (lane, ticket))
    }

    /// What to send to an idle worker, if anything waits.
    pub fn pull(&mut self, now: Timestamp) -> Option<PreviewRequest> {
        if self.with_worker.is_some() {
            return None;
        }
        let next = LANES.iter().find_map(|lane| self.waiting.iter().position(|waiting| waiting.job.lane == *lane))?;
        let request = self.waiting.remove(next);
        let PreviewJob { lane, ticket, .. } = request.job;
        self.with_worker = Some(WithWorker { lane, ticket, since: now, has_begun: false });
        Some(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples;
    use crate::storage::record::mirror::read_text;

    fn context() -> PreviewContext {
        let samples = samples::all().expect("samples");
        PreviewContext {
            id: 1,
            profile: samples.profiles.first().cloned().expect("a profile"),
            event: samples.default_event().cloned(),
            settings: WorkspaceSettings::default(),
            is_profile_only: false,
            snippets: Vec::new(),
        }
    }

    fn request(lane: Lane, ticket: u64) -> PreviewRequest {
        let job =
            PreviewJob { lane, ticket, context_id: 1, source: "{}".to_owned(), reading: Reading::default(), from: 0 };
        PreviewRequest { context: Arc::new(context()), job }
    }

    fn preview(ticket: u64) -> PreviewRequest {
        request(Lane::Preview, ticket)
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn here() -> Here<'static> {
        Here { now: at(0), zones: &UtcOnly }
    }

    struct TwoHoursEast;

    impl ZoneOffsets for TwoHoursEast {
        fn offset_secs(&self, zone: &str, _at: Timestamp) -> Option<i32> {
            (zone == "Europe/Berlin").then_some(7_200)
        }
    }

    #[test]
    fn currency_and_time_zone_of_the_settings_reach_the_template() {
        let mut given = context();
        given.settings.currency = "JPY".to_owned();
        given.settings.time_zone = "Europe/Berlin".to_owned();
        let mut workshop = Workshop::default();
        workshop.keep(given);
        let mut job = preview(1).job;
        job.source = "{% currency_format 1234.5 %} {% today '%F %H:%M' as t %}{{ t }} {% now 'c' %}".to_owned();
        // Half past eleven in the evening in London is tomorrow in Berlin.
        let here = Here { now: at(84_600_000), zones: &TwoHoursEast };
        let reply = workshop.work(&job, here, &|| false).expect("the context is kept");
        let output = reply.rendered.and_then(|rendered| rendered.output);
        assert_eq!(output.as_deref(), Some("¥1,235 1970-01-02 01:30 1970-01-02T01:30:00+02:00"));
    }

    #[test]
    fn snippets_are_included_and_extended_in_djangos_dialect_only() {
        let mut given = context();
        given.snippets = vec![
            ("person".to_owned(), "\"{{ first_name }}\"".to_owned()),
            ("frame".to_owned(), "{\"who\": {% block who %}null{% endblock %}}".to_owned()),
        ];
        let text = JsonText::of::<_, PreviewContextRecord>(&given);
        let given = read_text::<PreviewContext, PreviewContextRecord>(&text).expect("a context comes over whole");
        let mut workshop = Workshop::default();
        workshop.keep(given);
        let mut job = preview(1).job;
        let mut render = |source: &str, is_django: bool| {
            job.source = source.to_owned();
            job.reading.is_django = is_django;
            workshop.work(&job, here(), &|| false).and_then(|reply| reply.rendered).expect("the context is kept")
        };
        let included = "{\"who\": {% include 'person' %}}";
        let extended = "{% extends 'frame' %}{% block who %}{% include 'person' %}{% endblock %}";
        for source in [included, extended] {
            let rendered = render(source, true);
            assert_eq!(rendered.sendable(), Some("{\"who\": \"Ann\"}"), "{rendered:#?}");
            assert!(render(source, false).problems.iter().any(|problem| problem.message.contains("Klaviyo")));
        }
        let missing = render("{\"who\": {% include 'nobody' %}}", true);
        assert!(missing.problems.iter().any(|problem| problem.message.contains("there is no template `nobody`")));
    }

    #[test]
    fn an_integer_of_any_size_comes_to_the_template_whole() {
        let mut given = context();
        let number = serde_json::from_str("123456789012345678901234567890").expect("a number");
        given.event.as_mut().expect("an event").properties.insert("Number".to_owned(), number);
        let text = JsonText::of::<_, PreviewContextRecord>(&given);
        let mut workshop = Workshop::default();
        workshop.keep(read_text::<PreviewContext, PreviewContextRecord>(&text).expect("a context"));
        let mut job = preview(1).job;
        job.source = "{\"n\": {{ event.Number }}}".to_owned();
        let reply = workshop.work(&job, here(), &|| false).expect("the context is kept");
        let output = reply.rendered.and_then(|rendered| rendered.output);
        assert_eq!(output.as_deref(), Some("{\"n\": 123456789012345678901234567890}"));
    }

    fn ticket(request: Option<PreviewRequest>) -> Option<u64> {
        request.map(|request| request.job.ticket)
    }

    #[test]
    fn while_the_worker_is_busy_only_the_newest_waits() {
        let mut queue = PreviewQueue::default();
        assert_eq!(ticket(queue.push(preview(1), at(0))), Some(1));
        assert_eq!(ticket(queue.push(preview(2), at(1))), None);
        assert_eq!(ticket(queue.push(preview(3), at(2))), None);
        assert_eq!(ticket(queue.finish(Lane::Preview, 1, at(3))), Some(3));
        assert_eq!(ticket(queue.finish(Lane::Preview, 3, at(4))), None);
    }

    #[test]
    fn a_preview_goes_before_harsh_data_that_was_asked_first() {
        let mut queue = PreviewQueue::default();
        queue.push(preview(1), at(0));
        queue.push(request(Lane::Sweep, 9), at(0));
        queue.push(preview(2), at(0));
        assert_eq!(ticket(queue.finish(Lane::Preview, 1, at(1))), Some(2));
        assert_eq!(ticket(queue.finish(Lane::Preview, 2, at(2))), Some(9));
    }

    #[test]
    fn a_worker_that_runs_away_is_noticed_once() {
        let mut queue = PreviewQueue::default();
        queue.push(preview(1), at(-20_000));
        // A worker that is still starting is slow, not astray.
        assert_eq!(queue.take_stuck(at(0)), None);
        queue.begin(at(0));
        assert_eq!(queue.take_stuck(at(PATIENCE_MILLIS - 1)), None);
        assert_eq!(queue.take_stuck(at(PATIENCE_MILLIS)), Some((Lane::Preview, 1)));
        assert_eq!(queue.take_stuck(at(PATIENCE_MILLIS)), None);
        queue.push(preview(2), at(PATIENCE_MILLIS));
        // The late answer of the worker that was ended changes nothing.
        assert_eq!(ticket(queue.finish(Lane::Preview, 1, at(PATIENCE_MILLIS))), None);
        assert_eq!(ticket(queue.push(preview(3), at(PATIENCE_MILLIS))), None);
        assert_eq!(queue.take_stuck(at(PATIENCE_MILLIS + START_PATIENCE_MILLIS)), Some((Lane::Preview, 2)));
    }

    #[test]
    fn harsh_data_goes_on_where_it_stopped() {
        let mut workshop = Workshop::default();
        workshop.keep(context());
        let mut job = request(Lane::Sweep, 1).job;
        job.source = "{\"name\": \"{{ first_name }}\"}".to_owned();
        let whole = sweep_all(&job.source, &context());
        let mut breaks = Vec::new();
        loop {
            let part = workshop.work(&job, here(), &|| true).expect("the context is kept").sweep;
            breaks.extend(part.breaks);
            assert_eq!(part.n_tried, job.from + 1, "one variant a turn");
            job.from = part.n_tried;
            if part.n_tried == part.n_variants {
                break;
            }
        }
        assert_eq!(breaks, whole);
        assert!(!whole.is_empty());
    }

    #[test]
    fn an_answer_comes_over_whole() {
        let mut workshop = Workshop::default();
        workshop.keep(context());
        let mut job = request(Lane::Preview, 7).job;
        job.source = "{\"ü\": \"{{ first_name }}\", \"n\": [{% for a in event.Items %}{{ a.Quantity }},{% endfor %}]}"
            .to_owned();
        let reply = workshop.work(&job, here(), &|| false).expect("the context is kept");
        assert!(reply.rendered.as_ref().is_some_and(|rendered| rendered.origins.len() > 5));
        let text = JsonText::of::<_, PreviewReplyRecord>(&reply);
        assert_eq!(read_text::<PreviewReply, PreviewReplyRecord>(&text), Ok(reply));
    }

    #[test]
    fn a_job_without_its_context_is_not_answered() {
        assert_eq!(Workshop::default().work(&preview(1).job, here(), &|| false), None);
    }
}
