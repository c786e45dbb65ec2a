#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! Coming in, staying in, going out; and everybody who must not.

use evenkeel_core::time::ManualClock;
use evenkeel_store::{TimerHandler, testing::for_each_database, timer};
use jiff::SignedDuration;
use serde_json::json;

use crate::{
    app::migrations,
    testing::{Server, code},
};

fn pass(clock: &ManualClock, secs: i64) {
    clock.advance(SignedDuration::from_secs(secs));
}

#[tokio::test]
async fn the_first_link_works_once_and_makes_a_session() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let (name, link) = super::first_start(&server.app).await.unwrap().unwrap();
        assert_eq!(name, "admin");
        let token = link.split_once("token=").unwrap().1.to_owned();
        let mut browser = server.browser();
        let answer = browser.post("/api/v1/session/link", json!({ "token": token })).await;
        assert_eq!(answer.status, 200);
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        assert_eq!(browser.get("/api/v1/session").await.body["roles"], json!(["admin"]));

        let again = server.browser().post("/api/v1/session/link", json!({ "token": token })).await;
        assert_eq!((again.status, code(&again)), (410, "token_used"));
        assert!(super::first_start(&server.app).await.unwrap().is_none(), "somebody has come in: no more links are printed");
    })
    .await;
}

#[tokio::test]
async fn a_forged_or_old_link_is_refused() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let (_, link) = super::first_start(&server.app).await.unwrap().unwrap();
        let forged = server.browser().post("/api/v1/session/link", json!({ "token": "nonsense" })).await;
        assert_eq!((forged.status, code(&forged)), (403, "token_forged"));
        pass(&test.clock, super::LINK_FIRST_SECS + 1);
        let token = link.split_once("token=").unwrap().1;
        let old = server.browser().post("/api/v1/session/link", json!({ "token": token })).await;
        assert_eq!((old.status, code(&old)), (410, "token_expired"));
    })
    .await;
}

#[tokio::test]
async fn a_newer_link_replaces_the_one_before() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let (_, first) = super::first_start(&server.app).await.unwrap().unwrap();
        let (_, second) = super::first_start(&server.app).await.unwrap().unwrap();
        let by = async |link: &str| {
            server.browser().post("/api/v1/session/link", json!({ "token": link.split_once("token=").unwrap().1 })).await.status
        };
        assert_eq!(by(&first).await, 403);
        assert_eq!(by(&second).await, 200);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_when_idle_and_at_its_absolute_end_and_when_closed() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut browser = server.admin().await;
        // Used every hour it lives for seven days and no longer.
        for _ in 0..7 * 24 - 1 {
            pass(&test.clock, 3600);
            assert_eq!(browser.get("/api/v1/session").await.status, 200);
        }
        pass(&test.clock, 3600);
        assert_eq!(browser.get("/api/v1/session").await.status, 401);
    })
    .await;
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut browser = server.admin().await;
        pass(&test.clock, super::session::IDLE_SECS);
        assert_eq!(browser.get("/api/v1/session").await.status, 401, "idle for too long");
    })
    .await;
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut browser = server.admin().await;
        let stolen = browser.clone();
        assert_eq!(browser.delete("/api/v1/session").await.status, 204);
        assert_eq!(stolen.clone().get("/api/v1/session").await.status, 401, "the cookie is worth nothing after sign-out");
    })
    .await;
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_with_the_cookie() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut browser = server.admin().await;
        let body = json!({ "name": "n", "permissions": ["health.read"] });
        for headers in [
            vec![],
            vec![("origin", "https://evil.example"), ("x-evenkeel-request", "1")],
            vec![("sec-fetch-site", "cross-site"), ("x-evenkeel-request", "1")],
        ] {
            let answer = browser.send("POST", "/api/v1/tokens", &headers, Some(body.clone())).await;
            assert_eq!((answer.status, code(&answer)), (403, "forbidden"), "{headers:?}");
        }
        let own = browser
            .send("POST", "/api/v1/tokens", &[("origin", "http://evenkeel.test"), ("sec-fetch-site", "same-origin")], Some(body))
            .await;
        assert_eq!(own.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_password_signs_in_and_a_change_ends_other_sessions() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut browser = server.admin().await;
        let short = browser.put("/api/v1/session/password", json!({ "new": "short" })).await;
        assert_eq!((short.status, short.body["at"].as_str()), (422, Some("/new")));
        assert_eq!(browser.put("/api/v1/session/password", json!({ "new": "correct horse battery" })).await.status, 204);

        let mut other = server.browser();
        assert_eq!(
            other.post("/api/v1/session/password", json!({ "name": "admin", "password": "correct horse battery" })).await.status,
            200
        );
        let wrong = browser.put("/api/v1/session/password", json!({ "current": "wrong", "new": "another long password" })).await;
        assert_eq!((wrong.status, wrong.body["at"].as_str()), (422, Some("/current")));
        let change = json!({ "current": "correct horse battery", "new": "another long password" });
        assert_eq!(browser.put("/api/v1/session/password", change).await.status, 204);
        assert_eq!(other.get("/api/v1/session").await.status, 401, "the other session ended");
        assert_eq!(browser.get("/api/v1/session").await.status, 200, "this one goes on");
        assert_eq!(browser.get("/api/v1/session").await.body["person"]["password_set"], json!(true));
    })
    .await;
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down_and_tells_nothing() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut browser = server.admin().await;
        browser.put("/api/v1/session/password", json!({ "new": "correct horse battery" })).await;
        let guess = async |name: &str, password: &str| {
            server.browser().post("/api/v1/session/password", json!({ "name": name, "password": password })).await
        };
        for _ in 0..super::attempt::FREE {
            let known = guess("admin", "wrong").await;
            let unknown = guess("nobody", "wrong").await;
            assert_eq!((known.status, &known.body["detail"]), (401, &unknown.body["detail"]), "who exists is not told");
        }
        let blocked = guess("admin", "correct horse battery").await;
        assert_eq!((blocked.status, code(&blocked)), (429, "rate_limited"), "even the right one waits");
        pass(&test.clock, super::attempt::WAIT_SECS + 1);
        assert_eq!(guess("admin", "correct horse battery").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_token_has_its_scopes_and_no_more_until_it_ends() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut browser = server.admin().await;
        let until = (test.clock_now() + SignedDuration::from_secs(3600)).to_string();
        let made = browser.post("/api/v1/tokens", json!({ "name": "ci", "permissions": ["health.read"], "expires_at": until })).await;
        assert_eq!(made.status, 200, "{made:?}");
        let secret = made.body["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with("evk_"));
        let listed = browser.get("/api/v1/tokens").await;
        assert!(!listed.body.to_string().contains(&secret), "the secret is shown once");

        let bearer = format!("Bearer {secret}");
        let mut program = server.browser();
        let auth = [("authorization", bearer.as_str())];
        assert_eq!(program.send("GET", "/api/v1/health", &auth, None).await.status, 200);
        assert_eq!(program.send("GET", "/api/v1/events", &auth, None).await.status, 403, "not in its scopes");
        assert_eq!(program.send("GET", "/api/v1/health", &[("authorization", "Bearer evk_forged")], None).await.status, 401);
        assert!(browser.get("/api/v1/tokens").await.body["items"][0]["last_used_at"].is_string());

        pass(&test.clock, 3601);
        assert_eq!(program.send("GET", "/api/v1/health", &auth, None).await.status, 401, "expired");
    })
    .await;
}

#[tokio::test]
async fn a_revoked_token_is_worth_nothing_and_nobody_gives_what_they_lack() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut browser = server.admin().await;
        let made = browser.post("/api/v1/tokens", json!({ "name": "t", "permissions": ["health.read", "token.write"] })).await;
        let bearer = format!("Bearer {}", made.body["secret"].as_str().unwrap());
        let auth = [("authorization", bearer.as_str())];
        let wider =
            server.browser().send("POST", "/api/v1/tokens", &auth, Some(json!({ "name": "w", "permissions": ["definition.write"] }))).await;
        assert_eq!((wider.status, wider.body["at"].as_str()), (422, Some("/permissions")));
        let id = made.body["id"].as_str().unwrap();
        assert_eq!(browser.delete(&format!("/api/v1/tokens/{id}")).await.status, 204);
        assert_eq!(server.browser().send("GET", "/api/v1/health", &auth, None).await.status, 401);
        assert_eq!(browser.delete(&format!("/api/v1/tokens/{id}")).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn no_secret_lies_in_the_database() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let (_, link) = super::first_start(&server.app).await.unwrap().unwrap();
        let token = link.split_once("token=").unwrap().1.to_owned();
        let mut browser = server.browser();
        browser.post("/api/v1/session/link", json!({ "token": token })).await;
        let made = browser.post("/api/v1/tokens", json!({ "name": "t", "permissions": ["health.read"] })).await;
        let mut read = test.db.read().await.unwrap();
        let mut all = String::new();
        for (table, column) in [("session", "hash"), ("sign_in_link", "hash"), ("api_token", "hash")] {
            for row in evenkeel_store::Sql::rows(&mut read, &format!("SELECT {column} AS c FROM {table}"), vec![]).await.unwrap() {
                all.push_str(&row.text("c").unwrap());
            }
        }
        for secret in [token.as_str(), browser.cookie().unwrap(), made.body["secret"].as_str().unwrap()] {
            assert!(!all.contains(secret));
        }
    })
    .await;
}

/// The events about people as an admin is shown them, as `kind payload`.
async fn told(browser: &mut crate::testing::Browser) -> Vec<String> {
    let answer = browser.get("/api/v1/events?limit=200").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let events = answer.body["items"].as_array().unwrap().clone();
    let about_people = events.iter().filter(|event| event["subject"]["kind"] == "person");
    about_people.map(|event| format!("{} {}", event["kind"].as_str().unwrap(), event["payload"])).collect()
}

#[tokio::test]
async fn the_ledger_learns_who_came_in_and_what_lets_people_in_and_no_secret() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut browser = server.admin().await;
        browser.put("/api/v1/session/password", json!({ "new": "correct horse battery" })).await;
        browser.post("/api/v1/session/password", json!({ "name": "admin", "password": "correct horse battery" })).await;
        let made = browser.post("/api/v1/tokens", json!({ "name": "my phone", "permissions": ["health.read"] })).await;
        let id = made.body["id"].as_str().unwrap();
        browser.delete(&format!("/api/v1/tokens/{id}")).await;
        let told = told(&mut browser).await;
        let kinds: Vec<&str> = told.iter().map(|line| line.split_once(' ').unwrap().0).collect();
        assert_eq!(
            kinds,
            ["sign_in_link.made", "session.opened", "password.changed", "session.opened", "token.made", "token.revoked"],
            "{told:?}"
        );
        assert_eq!((told[1].as_str(), told[3].as_str()), (r#"session.opened {"by":"link"}"#, r#"session.opened {"by":"password"}"#));
        let events = browser.get("/api/v1/events?limit=200").await;
        let opened = events.body["items"].as_array().unwrap().iter().find(|event| event["kind"] == "session.opened").unwrap();
        assert_eq!((&opened["subject"]["id"], opened["actor"]["kind"].as_str()), (&opened["actor"]["id"], Some("person")));
        for secret in ["correct horse", made.body["secret"].as_str().unwrap(), browser.cookie().unwrap(), "my phone"] {
            assert!(!events.text.contains(secret));
        }
    })
    .await;
}

#[tokio::test]
async fn a_flood_of_guesses_is_an_event_a_minute_with_a_count() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut browser = server.admin().await;
        browser.put("/api/v1/session/password", json!({ "new": "correct horse battery" })).await;
        let guess = async |name: &str| {
            let body = json!({ "name": name, "password": "wrong" });
            server.browser().post("/api/v1/session/password", body).await.status
        };
        let refused = async |browser: &mut crate::testing::Browser| -> Vec<(bool, i64)> {
            let answer = browser.get("/api/v1/events?kind=session.refused").await;
            let items = answer.body["items"].as_array().unwrap().clone();
            items.iter().map(|event| (event["subject"]["id"] == "unknown", event["payload"]["failures"].as_i64().unwrap())).collect()
        };
        for number in 0..12 {
            // Each under another name that nobody has; four of the admin.
            assert_eq!(guess(&format!("hunter{number}")).await, 401);
            if number < 4 {
                assert_eq!(guess("admin").await, 401);
            }
        }
        assert_eq!(refused(&mut browser).await, [(true, 1), (false, 1)], "the first of each at once");
        let handlers: Vec<std::sync::Arc<dyn TimerHandler>> = vec![std::sync::Arc::new(super::TellRefused)];
        pass(&test.clock, super::record::TOLD_SECS);
        timer::run_due(&test.db, &handlers).await.unwrap();
        let mut all = refused(&mut browser).await;
        all[2..].sort_unstable();
        assert_eq!(all, [(true, 1), (false, 1), (false, 3), (true, 11)], "and what came since, once");
        pass(&test.clock, super::record::TOLD_SECS);
        timer::run_due(&test.db, &handlers).await.unwrap();
        assert_eq!(refused(&mut browser).await.len(), 4, "nothing more to tell");
        assert!(!browser.get("/api/v1/events?limit=200").await.text.contains("hunter"), "what was typed as a name is not kept");
    })
    .await;
}

#[tokio::test]
async fn a_link_that_was_used_is_told_as_a_failure_of_its_person() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let (_, link) = super::first_start(&server.app).await.unwrap().unwrap();
        let body = json!({ "token": link.split_once("token=").unwrap().1 });
        let mut browser = server.browser();
        assert_eq!(browser.post("/api/v1/session/link", body.clone()).await.status, 200);
        assert_eq!(server.browser().post("/api/v1/session/link", body).await.status, 410);
        let told = browser.get("/api/v1/events?kind=session.refused").await;
        let person = browser.get("/api/v1/session").await.body["person"]["id"].clone();
        assert_eq!(told.body["items"][0]["subject"]["id"], person);
    })
    .await;
}
