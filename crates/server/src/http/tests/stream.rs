//! The stream tells what changed, to whoever may know, and goes on where it broke off.

use axum::body::{Body, BodyDataStream};
use evenkeel_core::{Actor, id::PersonId};
use evenkeel_store::testing::{TestDb, for_each_database};
use futures::StreamExt as _;
use http::Request;
use tower::ServiceExt as _;

use crate::{
    app::migrations,
    definition::{self, Source},
    testing::{Browser, Server},
};

async fn open(server: &Server, browser: &Browser, after: Option<i64>) -> BodyDataStream {
    let cookie = format!("{}={}", evenkeel_api::document::SESSION_COOKIE, browser.cookie().unwrap());
    let mut request = Request::builder().uri("/api/v1/stream").header("host", "evenkeel.test").header("cookie", cookie);
    if let Some(after) = after {
        request = request.header("last-event-id", after.to_string());
    }
    let response = server.routes.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body().into_data_stream()
}

/// Reads until all of `words` were told.
async fn told(stream: &mut BodyDataStream, words: &[&str]) -> String {
    let mut text = String::new();
    while !words.iter().all(|word| text.contains(word)) {
        let piece = tokio::time::timeout(std::time::Duration::from_secs(30), stream.next()).await;
        let piece = piece.unwrap_or_else(|_| panic!("waited in vain for {words:?}; told so far: {text}"));
        text.push_str(std::str::from_utf8(&piece.expect("the stream ended").unwrap()).unwrap());
    }
    text
}

async fn put(test: &TestDb, server: &Server, text: &str) {
    let source = Source { name: "c.yaml".into(), text: text.into() };
    definition::apply(&test.db, server.app.tenant, Actor::system("test"), &[source], false).await.unwrap();
}

const CUSTOMER: &str = "organisations: [{name: acme, display: {zh: a, en: b}, kind: customer}]\n\
    people: [{name: kim, display: Kim, organisation: acme, roles: [customer]}]";

#[tokio::test]
async fn a_change_is_told_at_once_and_again_after_a_break() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let admin = server.admin().await;
        // From a position taken before anything is put: a follower that starts later than the put would wait for ever.
        let here = evenkeel_store::ledger::position(&test.db).await.unwrap();
        let following = tokio::spawn(server.app.changes.clone().follow(test.db.clone(), server.app.tenant, Some(here)));
        let mut stream = open(&server, &admin, None).await;
        told(&mut stream, &["retry:"]).await;
        put(&test, &server, CUSTOMER).await;
        let text = told(&mut stream, &["event: change", "definition.put"]).await;
        let seq: i64 = text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().parse().unwrap();
        drop(stream);

        let mut again = open(&server, &admin, Some(seq - 1)).await;
        told(&mut again, &[&format!("id: {seq}")]).await;
        server.app.stopping.cancel();
        while again.next().await.is_some() {}
        following.abort();
    })
    .await;
}

#[tokio::test]
async fn a_customer_is_not_told_of_what_is_not_theirs() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        put(&test, &server, CUSTOMER).await;
        let kit = &server.app.kit;
        let mut tx = test.db.write().await.unwrap();
        let id = PersonId::named("kim");
        let token =
            crate::sign_in::make_link(&mut tx, kit.clock.as_ref(), kit.rng.as_ref(), Actor::system("test"), (server.app.tenant, id), 60)
                .await
                .unwrap();
        tx.commit().await.unwrap();
        let mut customer = server.browser();
        customer.post("/api/v1/session/link", serde_json::json!({ "token": token })).await;
        let mut stream = open(&server, &customer, Some(0)).await;
        server.app.stopping.cancel();
        let mut text = String::new();
        while let Some(piece) = stream.next().await {
            text.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
        }
        assert!(!text.contains("event: change"), "{text}");
    })
    .await;
}
