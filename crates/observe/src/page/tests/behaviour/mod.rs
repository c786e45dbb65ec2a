//! What the pages of a house do, one behaviour a file: a small house, real mail and HTTP servers, and a clock that the test
//! turns.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, routing::any};
use evenkeel_api::{Grant, Permission};
use evenkeel_core::{
    Actor,
    event::{definition::DefinitionPut, manage::Acknowledged},
    id::TeamId,
    priority::Priority,
    state::IncidentState,
};
use evenkeel_store::{StoreError, consumer};
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};

use super::{
    house::{House, on_both, person},
    smtp::{Mood, Protection, Server},
};
use crate::{
    contact::{self, NewMethod, QuietHours},
    oncall::Window,
    page::{GatewayChannel, MailChannel, MailSettings, MailTls, SmtpSettings, gateway::GatewayDefinition, policy},
    probe::address::AddressPolicy,
};

mod a_bundle_leaves_without_what_is_over;
mod a_drill_is_good_for_a_day;
mod a_drill_that_is_answered_proves_its_way;
mod a_gateway_that_accepts_and_never_delivers_is_noticed;
mod a_gateway_that_answers_200_and_refuses_is_no_delivery;
mod a_policy_ends_after_its_rounds;
mod a_policy_out_of_bounds_is_refused;
mod a_policy_tells_all_of_a_step_at_once;
mod a_proof_ends_with_its_address;
mod a_proof_of_long_ago_counts_no_more;
mod a_quorum_goes_on_until_enough_have_answered;
mod a_quorum_is_for_grave_incidents_only;
mod a_receipt_that_says_no_is_as_good_as_a_refusal;
mod a_receipt_that_says_yes_is_proof;
mod a_receipt_under_a_made_up_address_is_nothing;
mod a_round_that_began_before_there_were_policies_goes_on;
mod a_schedule_is_asked_when_its_step_is_due;
mod a_step_that_reaches_nobody_is_refused_when_it_is_saved;
mod a_way_for_grave_incidents_is_for_those_only;
mod a_way_that_the_house_has_not_is_refused;
mod browser;
mod drills_are_bounded;
mod each_link_of_a_bundle_acknowledges_its_own_incident;
mod each_step_waits_its_own_time;
mod escalation_goes_on_after_a_restart;
mod every_member_of_a_team_is_told;
mod from_the_message_an_incident_can_be_resolved;
mod from_the_message_the_next_can_be_told_now;
mod grave_incidents_break_through_quiet_hours;
mod handing_on_works_when_somebody_had_it_already;
mod mail_down_for_an_hour_is_told_another_way_and_arrives_in_the_end;
mod one_person_who_answers_twice_is_one;
mod opening_the_link_is_proof_that_it_was_read_and_nothing_more;
mod quiet_hours_hold_a_small_incident_until_morning;
mod several_incidents_at_once_go_in_one_message;
mod shapes;
mod the_canary_counts_what_arrives_in_time;
mod the_gravest_waits_for_no_bundle;
mod the_houses_own_words_are_used;
mod the_next_way_is_used_when_the_first_is_refused;
mod until_reached_goes_on_until_somebody_answers;
mod ways_of_one_place_are_used_at_once;
mod what_is_held_is_dropped_when_it_is_over;
mod what_is_held_is_dropped_when_somebody_else_has_it;
mod what_will_go_wrong_is_known_ahead;
mod who_has_answered_is_not_told_again;
mod who_was_told_by_short_message_is_told_the_end_by_short_message;
mod without_its_policy_the_team_has_what_its_rota_says;
mod words_that_cannot_be_used_do_not_stop_the_page;
/// An HTTP server that notes what comes and answers what the test says.
#[derive(Clone)]
pub struct Sink {
    pub url: String,
    pub taken: Arc<Mutex<Vec<Taken>>>,
    pub answer: Arc<Mutex<(u16, String)>>,
}

#[derive(Debug, Clone)]
pub struct Taken {
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: String,
}

impl Sink {
    pub async fn start(answer: Value) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let sink = Self { url, taken: Arc::default(), answer: Arc::new(Mutex::new((200, answer.to_string()))) };
        let router = Router::new().fallback(any(take)).with_state(sink.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        sink
    }

    pub fn bodies(&self) -> Vec<String> {
        self.taken.lock().unwrap().iter().map(|taken| taken.body.clone()).collect()
    }

    pub fn count(&self) -> usize {
        self.taken.lock().unwrap().len()
    }
}

async fn take(State(sink): State<Sink>, uri: Uri, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    sink.taken.lock().unwrap().push(Taken { uri, headers, body: String::from_utf8_lossy(&body).into_owned() });
    let (status, text) = sink.answer.lock().unwrap().clone();
    (StatusCode::from_u16(status).unwrap(), text)
}

pub fn p(number: usize) -> Priority {
    Priority::ALL[number - 1]
}

impl House {
    /// A gateway named `sms` at `sink` that takes any JSON with an `id`, with receipts within a minute when `receipts`.
    pub fn sms(&self, sink: &Sink, receipts: bool) {
        let within = receipts.then_some(60);
        self.gateway(json!({ "name": "sms", "shape": "http", "url": format!("{}/send", sink.url),
            "request": { "json": { "to": "{{to}}", "text": "{{text}}", "link": "{{ack_url}}", "receipt": "{{receipt_url}}" } },
            "accept": { "pointer": "/id" }, "receipt": { "field": "status", "delivered": ["DELIVRD"], "failed": ["REJECTD"] },
            "receipt_within_secs": within }));
    }

    pub fn gateway(&self, definition: Value) {
        let gateway: GatewayDefinition = serde_json::from_value(definition).unwrap();
        gateway.check().unwrap();
        self.book.gateways.lock().unwrap().push(gateway);
    }

    pub fn priority(&self, number: usize) {
        *self.book.priority.lock().unwrap() = p(number);
    }

    /// Sets the ways of a person: channel, address, place, for priorities up to.
    pub async fn ways(&self, name: &str, list: &[(&str, &str, i64, usize)]) {
        let new = |(channel, address, place, up_to): &(&str, &str, i64, usize)| NewMethod {
            id: None,
            channel: (*channel).to_owned(),
            address: (*address).to_owned(),
            place: *place,
            up_to: p(*up_to),
        };
        let list: Vec<_> = list.iter().map(new).collect();
        let mut tx = self.test.db.write().await.unwrap();
        contact::set_methods(&mut tx, self.book.as_ref(), self.test.tenant, person(name), &list).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// From 22:00 to 07:00 in Shanghai; incidents of `breaks_through` and graver ones are told all the same.
    pub async fn quiet(&self, name: &str, breaks_through: usize) {
        let hours = vec![Window::parse(&[], "22:00", "07:00").unwrap()];
        let quiet = QuietHours { zone: "Asia/Shanghai".to_owned(), hours, breaks_through: p(breaks_through) };
        let mut tx = self.test.db.write().await.unwrap();
        contact::set_quiet_hours(&mut tx, self.test.tenant, person(name), Some(&quiet)).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Puts a policy of the desk in force: steps of (people, seconds).
    pub async fn policy(&self, steps: &[(&[&str], i64)], repeat: Value, quorum: Value) -> Result<(), StoreError> {
        let step = |(people, wait_secs): &(&[&str], i64)| {
            let target = |name: &&str| match *name {
                "on-call" => json!({ "schedule": TeamId::named("desk") }),
                "team" => json!({ "team": TeamId::named("desk") }),
                name => json!({ "person": person(name) }),
            };
            json!({ "targets": people.iter().map(target).collect::<Vec<_>>(), "wait_secs": wait_secs })
        };
        let steps: Vec<_> = steps.iter().map(step).collect();
        let definition = json!({ "team": TeamId::named("desk"), "steps": steps, "repeat": repeat, "quorum": quorum });
        let definition = serde_json::from_value(definition).unwrap();
        let grant = Grant::system(Permission::OnCallWrite);
        let mut tx = self.test.db.write().await?;
        policy::put_policy(&mut tx, &grant, self.book.as_ref(), self.test.tenant, &Actor::system("test"), "desk", &definition).await?;
        tx.commit().await
    }

    pub async fn acknowledges(&self, name: &str) {
        let by = Acknowledged { person_id: person(name), via: "console".to_owned() };
        self.happens(Actor::person(person(name)), &by).await;
    }

    /// Delivers what is due over the gateways, for real.
    pub async fn deliver_gateways(&self) {
        let channel = GatewayChannel::new(self.test.db.clone(), self.book.clone(), AddressPolicy::default()).unwrap();
        self.deliver_by(&channel).await;
    }

    /// Delivers what is due to this mail server, for real.
    pub async fn deliver_mail(&self, server: &Server) {
        let settings = SmtpSettings {
            host: "localhost".to_owned(),
            port: Some(server.port),
            tls: MailTls::None,
            credentials: None,
            extra_roots: Vec::new(),
        };
        self.deliver_by(&MailChannel::new(self.composer(), "keel@keel.example", MailSettings::Smtp(settings)).unwrap()).await;
    }

    /// Brings back a receipt of the page in `body`'s address, as the gateway would.
    pub async fn receipt(&self, sent: &str, body: &str) -> StatusCode {
        let sent: Value = serde_json::from_str(sent).unwrap();
        let path = sent["receipt"].as_str().unwrap().strip_prefix("https://keel.example").unwrap().to_owned();
        self.post(&path, "application/x-www-form-urlencoded", body).await
    }

    /// The token of a page's link, made as it leaves.
    pub async fn mint(&self, page: &crate::page::PageRow) -> String {
        let rng = self.test.db.rng().clone();
        crate::page::acknowledge::mint(&self.test.db, rng.as_ref(), self.test.tenant, page.id, page.incident, page.person).await.unwrap()
    }

    pub async fn answers(&self, token: &str, answer: crate::page::Answer) {
        let mut tx = self.test.db.write().await.unwrap();
        crate::page::acknowledge(&mut tx, &self.escalation(), token, answer).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The first way of a person.
    pub async fn way(&self, name: &str) -> contact::Method {
        let mut sql = self.test.db.read().await.unwrap();
        contact::methods(&mut sql, self.book.as_ref(), self.test.tenant, person(name)).await.unwrap().remove(0)
    }

    /// Starts a drill over the first way of a person.
    pub async fn drill(&self, name: &str) {
        let way = self.way(name).await;
        let mut tx = self.test.db.write().await.unwrap();
        contact::start_drill(&mut tx, self.test.tenant, &way, "proof").await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn answers_drill(&self, token: &str) -> Result<(), StoreError> {
        let mut tx = self.test.db.write().await?;
        contact::answer_drill(&mut tx, token).await?;
        tx.commit().await
    }

    pub async fn get(&self, path: &str) -> StatusCode {
        self.ask(http::Request::get(path).body(axum::body::Body::empty()).unwrap()).await
    }

    /// Asks our own routes, as somebody without a session would.
    pub async fn post(&self, path: &str, kind: &str, body: &str) -> StatusCode {
        self.ask(http::Request::post(path).header("content-type", kind).body(axum::body::Body::from(body.to_owned())).unwrap()).await
    }

    async fn ask(&self, request: http::Request<axum::body::Body>) -> StatusCode {
        let state = crate::page::PageState { kit: evenkeel_api::Kit::new(self.test.db.clone()), directory: self.book.clone() };
        let (router, _) = crate::page::router(state).split();
        tower::ServiceExt::oneshot(router, request).await.unwrap().status()
    }
}

/// What stands after `token=` in a message.
pub fn token(message: &str) -> String {
    message.split("token=").nth(1).unwrap().chars().take_while(char::is_ascii_hexdigit).collect()
}
