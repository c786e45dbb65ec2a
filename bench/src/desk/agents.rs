//! Two hundred agents at work: each reads the queue, opens tickets, answers, now and then opens a new one, thinks in between, and
//! follows what changes all the time, as the console does.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use evenkeel_stories::{client::Client, process::Setup};
use serde_json::json;
use tokio::task::JoinSet;

use super::history;
use crate::report::{Goal, Report};

/// The figure.
pub const FIGURE: &str = "desk/agents-p99";
const AGENTS: usize = 200;
const LASTS: Duration = Duration::from_mins(1);
/// Between two things that one of them does.
const THINK_MS: u64 = 5_000;

/// A fixed scatter (splitmix64).
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

pub async fn measure(report: &mut Report, setup: &Setup, admin: &Client) {
    let service = admin.get("/api/v1/services").await["items"][5]["id"].as_str().expect("a service").to_owned();
    let mut people = Vec::new();
    for person in 1..history::PEOPLE {
        people.push(setup.sign_in_as(&format!("p{person}")).await);
    }
    let times = Arc::new(Mutex::new(Vec::new()));
    let until = Instant::now() + LASTS;
    let mut agents = JoinSet::new();
    for agent in 0..AGENTS {
        let (client, service, times) = (people[agent % people.len()].clone(), service.clone(), Arc::clone(&times));
        agents.spawn(async move {
            let follow = client.clone();
            // Its answer has no end; it is left when the agent goes home.
            let stream = tokio::spawn(async move { follow.try_send("GET", "/api/v1/stream", None).await });
            let mut tickets = Vec::new();
            for turn in 0.. {
                let chance = mix(agent as u64 * 1_000_003 + turn);
                tokio::time::sleep(Duration::from_millis(THINK_MS / 2 + chance % THINK_MS)).await;
                if Instant::now() >= until {
                    break;
                }
                let kind = if tickets.is_empty() { 0 } else { mix(chance) % 20 };
                let ticket = |tickets: &[String]| tickets[usize::try_from(chance % 97).unwrap_or(0) % tickets.len()].clone();
                let mut asked = Vec::new();
                match kind {
                    0..=8 => asked.push(("GET", "/api/v1/incidents?state=open&limit=50".to_owned(), None)),
                    9..=15 => {
                        let ticket = format!("/api/v1/incidents/{}", ticket(&tickets));
                        asked.push(("GET", ticket.clone(), None));
                        asked.push(("GET", format!("{ticket}/timeline"), None));
                    }
                    16..=18 => {
                        let note = json!({ "visibility": "public", "text": history::answer(u32::try_from(chance % 9_999).unwrap_or(0)) });
                        asked.push(("POST", format!("/api/v1/incidents/{}/notes", ticket(&tickets)), Some(note)));
                    }
                    _ => {
                        let title = history::title(u32::try_from(chance % 99_999).unwrap_or(0));
                        let new = json!({ "service_id": service, "title": title, "impact": 3, "urgency": 3 });
                        asked.push(("POST", "/api/v1/incidents".to_owned(), Some(new)));
                    }
                }
                for (method, path, body) in asked {
                    let began = Instant::now();
                    let (status, answer) = client.send(method, &path, body.as_ref()).await;
                    times.lock().expect("whole").push(began.elapsed().as_secs_f64() * 1000.0);
                    assert!(status < 300, "{method} {path}: {status} {answer}");
                    if let Some(items) = answer["items"].as_array().filter(|_| kind <= 8) {
                        tickets = items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)).collect();
                    }
                }
            }
            stream.abort();
        });
    }
    while let Some(done) = agents.join_next().await {
        done.expect("an agent's day");
    }
    let mut times = std::mem::take(&mut *times.lock().expect("whole"));
    times.sort_by(f64::total_cmp);
    println!("# {AGENTS} agents asked {} times in {} s, median {:.1} ms", times.len(), LASTS.as_secs(), times[times.len() / 2]);
    report.line(FIGURE, times[times.len() * 99 / 100], None, "ms", Goal::AtMost(150.0));
}
