//! Long answers leave in pieces, and long-polled ones with pauses.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use bytes::Bytes;
use http_body_util::BodyExt;
use timetwin::http::server::App;
use tokio::time::Instant;

use super::lists::{OWNER, large};
use crate::support::{Stage, TestTwin};

/// The pieces of an answer with the time at which each came, on a clock that jumps to the next timer.
fn pieces(twin: &TestTwin, path: &str) -> (u16, Vec<(Duration, Bytes)>) {
    pieces_for(twin, "anna@studio.example", path)
}

fn pieces_for(twin: &TestTwin, person: &str, path: &str) -> (u16, Vec<(Duration, Bytes)>) {
    let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
    let headers = twin.headers("time-tracker", person, "main");
    request.headers_mut().extend(headers);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let begun = Instant::now();
        let response = twin.front.answer(request).await;
        let status = response.status().as_u16();
        let mut body = response.into_body();
        let mut pieces = Vec::new();
        while let Some(frame) = body.frame().await {
            let bytes = frame.unwrap().into_data().unwrap();
            pieces.push((begun.elapsed(), bytes));
        }
        (status, pieces)
    })
}

fn slow() -> TestTwin {
    let patch = r#"{"time_tracker": {"long_polling": {"over_worklogs": 3, "blank_lines": 2, "pause_ms": 15000}}}"#;
    let mut stage = Stage::default();
    stage.overlays.insert("jira".into(), patch.into());
    TestTwin::on(&stage)
}

#[test]
fn signs_of_life_come_long_before_the_answer() {
    let twin = slow();
    let (status, sent) = pieces(&twin, "/api/1/worklog?start=2026-05-04&allUsers=true");
    assert_eq!(status, 202);
    let times: Vec<u64> = sent.iter().map(|(at, _)| at.as_secs()).collect();
    assert_eq!(times, [15, 30, 45]);
    assert_eq!((&sent[0].1[..], &sent[1].1[..]), (&b"\n"[..], &b"\n"[..]));
    assert!(sent[2].1.starts_with(b"[{\"expand\""));
    let whole: Vec<u8> = sent.iter().flat_map(|(_, bytes)| bytes.to_vec()).collect();
    assert!(serde_json::from_slice::<serde_json::Value>(&whole).unwrap().is_array());
}

#[test]
fn a_long_polled_export_still_leaves_in_pieces() {
    let twin = slow();
    let path = "/api/1/exportView.xls?start=2026-03-01&end=2026-06-12&allUsers=true";
    let (status, sent) = pieces(&twin, path);
    assert_eq!(status, 202);
    assert!(sent.len() > 10, "some lines a piece");
    assert!(sent[2].1.starts_with(b"<html"));
    assert_eq!(sent.last().unwrap().0, sent[2].0, "no pause between the pieces");
    let fast = TestTwin::studio();
    let (status, quick) = pieces(&fast, path);
    assert_eq!((status, quick.len()), (200, sent.len() - 2));
    assert!(quick.iter().all(|(at, _)| at.is_zero()));
}

#[test]
fn a_short_answer_is_never_polled() {
    let twin = slow();
    let (status, sent) = pieces(&twin, "/api/1/worklog?start=2026-05-04&end=2026-05-04");
    assert_eq!((status, sent.len()), (200, 1));
}

#[test]
fn a_head_of_pieces_announces_no_length() {
    let twin = TestTwin::studio();
    let head = |path: &str| {
        let mut request = Request::head(path).body(Body::empty()).unwrap();
        let headers = twin.headers("time-tracker", "anna@studio.example", "main");
        request.headers_mut().extend(headers);
        let answer = twin.send(request);
        assert!(answer.status == 200 && answer.body.is_empty(), "{}", answer.text());
        answer.headers.get("content-length").map(|length| length.to_str().unwrap().to_owned())
    };
    assert_eq!(head("/api/1/exportData.csv?start=2026-06-01"), None);
    assert_eq!(head("/api/1/worklog?start=2030-06-01").as_deref(), Some("2"));
}

#[test]
fn a_large_file_leaves_before_it_is_whole() {
    let path = "/api/1/exportData.csv?start=2020-01-01&end=2026-12-31&allUsers=true";
    let (status, sent) = pieces_for(large(), OWNER, path);
    assert_eq!(status, 200);
    assert!(sent.len() > 20, "{} pieces", sent.len());
    assert!(sent[0].1.starts_with("\u{feff}Project,".as_bytes()));
    let longest = sent.iter().map(|(_, bytes)| bytes.len()).max().unwrap();
    assert!(longest < 70 * 1024, "a piece of {longest} bytes");
    let lines = sent.iter().flat_map(|(_, bytes)| bytes.iter()).filter(|byte| **byte == b'\n');
    assert_eq!(lines.count(), 20_003 + 2, "a line a worklog, a header and a total");
}
