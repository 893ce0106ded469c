//! The gallery: each ready flow is sound, and its payloads render to clean JSON for its sample and for every profile.

use hookwright::domain::event::{Profile, RenderSource, TriggerEvent, render_context};
use hookwright::domain::flow::check::check;
use hookwright::domain::flow::model::{ActionStatus, Flow};
use hookwright::domain::id::FlowId;
use hookwright::domain::payload::{RenderOptions, render_payload};
use hookwright::domain::samples;
use hookwright::domain::settings::WorkspaceSettings;
use hookwright::runtime::flow_file::{
    FlowFileProblem, GalleryFlow, as_new, read_flow_file, read_gallery, write_flow_file,
};

fn gallery() -> Vec<GalleryFlow> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/public/gallery.json");
    read_gallery(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn bodies(flow: &Flow, event: Option<&TriggerEvent>, profile: &Profile) -> Vec<serde_json::Value> {
    let organization = &WorkspaceSettings::default().organization;
    let context = render_context(RenderSource { profile, event, organization });
    let options =
        RenderOptions { is_profile_only: event.is_none(), now_millis: 1_772_366_400_000, ..RenderOptions::default() };
    flow.webhooks()
        .map(|(_, action)| {
            let rendered = render_payload(&action.payload, &context, options.clone());
            assert!(rendered.problems.is_empty(), "{} for {}: {:#?}", action.name, profile.email, rendered.problems);
            serde_json::from_str(rendered.sendable().unwrap()).unwrap()
        })
        .collect()
}

#[test]
fn every_flow_of_the_gallery_is_sound_and_renders_for_everybody() {
    let samples = samples::all().unwrap();
    let gallery = gallery();
    assert_eq!(gallery.len(), 8);
    for entry in &gallery {
        assert_eq!(check(&entry.flow), [], "{}", entry.title);
        assert_eq!(entry.flow.status(), ActionStatus::Draft, "{}", entry.title);
        assert_eq!(entry.flow.trigger.has_event(), entry.event_id.is_some(), "{}", entry.title);
        assert!(!entry.summary.is_empty() && !entry.trigger.is_empty());
        let event = entry.event_id.as_ref().map(|id| samples.events.iter().find(|event| event.id == *id).unwrap());
        assert_eq!(event.map(|event| event.metric.as_str()), entry.flow.trigger.metric(), "{}", entry.title);
        for profile in &samples.profiles {
            let bodies = bodies(&entry.flow, event, profile);
            assert!(!bodies.is_empty() && bodies.iter().all(|body| body.to_string().contains(&profile.email)));
        }
    }
}

#[test]
fn loyalty_points_are_calculated_in_the_payload() {
    let samples = samples::all().unwrap();
    let gallery = gallery();
    let flow = &gallery.iter().find(|entry| entry.title.starts_with("Loyalty")).unwrap().flow;
    for (event_id, points) in [("capi-placed-10023", 388), ("capi-placed-10024", 36)] {
        let event = samples.events.iter().find(|event| event.id.as_str() == event_id).unwrap();
        let body = &bodies(flow, Some(event), samples.profile_of(event).unwrap())[0];
        assert_eq!(body["points"], points);
    }
}

#[test]
fn a_flow_survives_its_file() {
    for entry in gallery() {
        let flow = as_new(entry.flow, FlowId::new("Xy12Ab"));
        assert_eq!(read_flow_file(&write_flow_file(&flow)), Ok(flow));
    }
    let live = samples::first_flow();
    assert_eq!(as_new(live, FlowId::new("New001")).status(), ActionStatus::Draft);
}

#[test]
fn a_file_that_is_no_flow_says_why() {
    let good = write_flow_file(&samples::first_flow());
    for (text, expected) in [
        ("[]".to_owned(), FlowFileProblem::NoFlow),
        (r#"{"format":"hookwright-flow","version":1}"#.to_owned(), FlowFileProblem::NoFlow),
        (good.replace("\"version\": 2", "\"version\": 99"), FlowFileProblem::TooNew),
    ] {
        assert_eq!(read_flow_file(&text), Err(expected), "{text}");
    }
    assert!(matches!(read_flow_file("nonsense"), Err(FlowFileProblem::NotJson { .. })));
    let broken = good.replace("\"nodes\"", "\"cards\"");
    assert!(matches!(read_flow_file(&broken), Err(FlowFileProblem::Unreadable { .. })));
}
