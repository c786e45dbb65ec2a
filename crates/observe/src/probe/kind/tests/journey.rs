//! Journeys through a small shop: signing in, cookies, values from step to step, and every way of going round and round.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    server::{each, response},
    *,
};
use crate::probe::model::{JourneyCheck, ProbeDefinition};

const PASSWORD: &str = "pa55 word\"&";

/// A request: its first line, its head in lower case, its body.
struct Asked {
    line: String,
    head: String,
    body: String,
}

async fn asked(stream: &mut tokio::net::TcpStream) -> Asked {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 4096];
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
            _ => break bytes.len(),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").and_then(|text| text.parse().ok()));
    while bytes.len() < end + length.unwrap_or(0) {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
            _ => break,
        }
    }
    let line = head.lines().next().unwrap_or_default().to_owned();
    Asked { line, head, body: String::from_utf8_lossy(&bytes[end..]).into_owned() }
}

fn with(status: u16, header: &str, body: &str) -> String {
    response(status, body).replacen("\r\n", &format!("\r\n{header}\r\n"), 1)
}

/// The shop: what is behind the sign-in needs both its cookie and its token.
async fn shop() -> std::net::SocketAddr {
    let jobs = Arc::new(AtomicUsize::new(0));
    each(move |mut stream| {
        let jobs = Arc::clone(&jobs);
        async move {
            let asked = asked(&mut stream).await;
            let path = asked.line.split(' ').nth(1).unwrap_or_default().to_owned();
            let known =
                asked.head.contains("session=c00kie-value") && asked.head.to_ascii_lowercase().contains("authorization: bearer t0ken-1234");
            let answer = match path.split('?').next().unwrap_or_default() {
                "/login" => {
                    let given: serde_json::Value = serde_json::from_str(&asked.body).unwrap_or_default();
                    if given["password"] == PASSWORD {
                        let told = serde_json::json!({ "access": { "token": "t0ken-1234" }, "you_said": PASSWORD, "order": 4711 });
                        with(200, "Set-Cookie: session=c00kie-value; Path=/; HttpOnly", &told.to_string())
                    } else {
                        response(401, &format!("no such password: {}", asked.body))
                    }
                }
                "/orders/4711" if known => response(200, r#"{"state":"open","order":"4711"}"#),
                "/orders/4711" => response(403, "who are you?"),
                "/job" if jobs.fetch_add(1, Ordering::Relaxed) < 2 => response(202, "working"),
                "/job" => response(200, "done"),
                "/never" => response(202, "working"),
                "/circle" => with(302, "Location: /circle", ""),
                "/grow" => {
                    let value = path.split_once("v=").map_or("", |(_, value)| value);
                    response(200, &serde_json::json!({ "v": format!("{value}{value}") }).to_string())
                }
                "/away" => with(307, &format!("Location: http://localhost:{}/seen", stream.local_addr().unwrap().port()), ""),
                "/seen" => response(200, &format!("head: {}", asked.head)),
                _ => response(404, ""),
            };
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    })
    .await
}

#[allow(clippy::needless_pass_by_value, reason = "as they are written in each test")]
fn journey(steps: serde_json::Value, variables: serde_json::Value) -> JourneyCheck {
    let definition = serde_json::json!({ "name": "walk", "service": "shop", "journey": { "steps": steps, "variables": variables } });
    let definition: ProbeDefinition<String> = serde_json::from_value(definition).unwrap();
    definition.validate().unwrap();
    definition.journey.unwrap()
}

async fn walk(steps: serde_json::Value) -> LookResult {
    walk_with(steps, serde_json::json!({}), LONG).await
}

async fn walk_with(steps: serde_json::Value, variables: serde_json::Value, timeout: Duration) -> LookResult {
    knowing(&[("shop", PASSWORD)]).look(Check::Journey(&journey(steps, variables)), IpRule::default(), timeout).await
}

fn sign_in(shop: std::net::SocketAddr) -> serde_json::Value {
    serde_json::json!({ "name": "sign in", "capture": { "token": { "json": "/access/token" }, "order": { "json": "/order" } },
        "http": { "url": format!("http://{shop}/login"), "method": "POST", "body": "{\"password\": \"{{secret.shop}}\"}" } })
}

#[tokio::test]
async fn what_one_step_takes_the_next_one_uses_and_cookies_are_kept() {
    let shop = shop().await;
    let order = serde_json::json!({ "name": "order", "http": { "url": format!("http://{shop}/orders/{{{{order}}}}"),
        "headers": { "Authorization": "Bearer {{token}}" }, "expect_json": { "/state": "open", "/order": "{{order}}" } } });
    let seen = walk(serde_json::json!([sign_in(shop), order])).await;
    assert_code(&seen, Code::Ok);
    assert_eq!(
        seen.steps.iter().map(|step| (step.name.as_str(), step.code.as_str(), step.status)).collect::<Vec<_>>(),
        [("sign in", "ok", Some(200)), ("order", "ok", Some(200)),]
    );
    assert!(labelled(&seen, "probe_journey_step_duration_seconds", "2").is_some());
    // Without the token the shop does not know us: the step and its status are said.
    let bare = serde_json::json!({ "name": "order", "http": { "url": format!("http://{shop}/orders/4711") } });
    let seen = walk(serde_json::json!([sign_in(shop), bare])).await;
    assert_code(&seen, Code::Status);
    assert_eq!(seen.detail, "step 2, order: HTTP 403");
    assert_eq!(seen.steps[1].body.as_deref(), Some("who are you?"));
}

#[tokio::test]
async fn a_secret_is_in_nothing_that_is_shown_also_when_the_server_gives_it_back() {
    let shop = shop().await;
    let seen = walk(serde_json::json!([sign_in(shop)])).await;
    assert_code(&seen, Code::Ok);
    let body = seen.steps[0].body.clone().unwrap();
    assert!(body.contains("you_said") && body.contains("<secret>"), "{body}");
    let prober = knowing(&[("shop", "wr0ng password\"&")]);
    let failed =
        prober.look(Check::Journey(&journey(serde_json::json!([sign_in(shop)]), serde_json::json!({}))), IpRule::default(), LONG).await;
    assert_code(&failed, Code::Status);
    for look in [&seen, &failed] {
        let all = format!("{look:?}");
        // What was sent, what came back for it, and the session.
        for secret in ["pa55", "wr0ng", "t0ken-1234", "c00kie-value"] {
            assert!(!all.contains(secret), "{secret} is in {all}");
        }
    }
}

#[tokio::test]
async fn a_credential_does_not_follow_a_redirect_to_another_host() {
    let shop = shop().await;
    let away = |body: Option<&str>| {
        serde_json::json!([{ "name": "away", "http": { "url": format!("http://{shop}/away"), "method": "POST", "body": body,
            "headers": { "Authorization": "Bearer {{secret.shop}}", "X-Trace": "kept" }, "body_contains": "X-Trace: kept",
            "body_lacks": "uthorization" } }])
    };
    let seen = walk(away(None)).await;
    // Header names come in lower case.
    assert!(seen.detail.contains("the expected text") || seen.success, "{}", seen.detail);
    assert!(!format!("{seen:?}").contains("uthorization"), "{seen:?}");
    assert!(format!("{seen:?}").contains("kept"), "{seen:?}");
    let seen = walk(away(Some("{{secret.shop}}"))).await;
    assert_code(&seen, Code::Redirects);
    assert!(seen.detail.contains("goes to no other host"), "{}", seen.detail);
}

#[tokio::test]
async fn what_is_not_there_to_be_taken_is_named() {
    let shop = shop().await;
    for (from, what) in [
        (serde_json::json!({ "json": "/access/nothing" }), "JSON at \"/access/nothing\""),
        (serde_json::json!({ "header": "X-Token" }), "a header X-Token"),
        (serde_json::json!({ "cookie": "basket" }), "a cookie basket"),
        (serde_json::json!({ "regex": "id=(\\d+)" }), "what matches \"id="),
    ] {
        let mut step = sign_in(shop);
        step["capture"] = serde_json::json!({ "basket": from });
        let seen = walk(serde_json::json!([step])).await;
        assert_code(&seen, Code::Capture);
        assert!(seen.detail.contains("{{basket}} is not there") && seen.detail.contains(what), "{}", seen.detail);
    }
}

#[tokio::test]
async fn a_step_is_made_again_until_it_is_as_expected() {
    let shop = shop().await;
    let step = |path: &str, times: u32, wait_ms: u64| {
        serde_json::json!([{ "name": "wait for it", "http": { "url": format!("http://{shop}{path}"), "expect_status": [200] },
            "until": { "times": times, "wait_ms": wait_ms } }])
    };
    let seen = walk(step("/job", 5, 1)).await;
    assert_code(&seen, Code::Ok);
    assert_eq!(seen.steps[0].times, 3);
    // One that never comes has its end, by count …
    let seen = walk(step("/never", 4, 1)).await;
    assert_code(&seen, Code::Loop);
    assert_eq!(seen.detail, "step 1, wait for it: not as expected after 4 times, last: HTTP 202");
    assert_eq!(seen.steps[0].times, 4);
    // … and by time.
    let seen = walk_with(step("/never", 50, 60_000), serde_json::json!({}), SHORT).await;
    assert_code(&seen, Code::Timeout);
    assert!(seen.detail.contains("step \"wait for it\", wait; made 1 × so far"), "{}", seen.detail);
    assert_eq!(seen.steps[0].code, "timeout");
    assert!(seen.steps[0].duration_ms > 0.0);
}

#[tokio::test]
async fn a_redirect_in_a_circle_and_a_value_that_doubles_itself_have_an_end() {
    let shop = shop().await;
    let seen = walk(serde_json::json!([{ "name": "round", "http": { "url": format!("http://{shop}/circle") } }])).await;
    assert_code(&seen, Code::Redirects);
    assert!(seen.detail.contains("going round in a circle"), "{}", seen.detail);
    // Each time the answer is twice what was sent, and the step never is as expected.
    let steps: Vec<serde_json::Value> = (0..20)
        .map(|number| {
            serde_json::json!({ "name": format!("grow {number}"), "http": { "url": format!("http://{shop}/grow?v={{{{v}}}}") },
                "capture": { "v": { "json": "/v" } } })
        })
        .collect();
    let seen = walk_with(steps.into(), serde_json::json!({ "v": "ten letters".repeat(10) }), LONG).await;
    assert_code(&seen, Code::Loop);
    assert!(seen.detail.contains("{{v}} is") && seen.detail.contains("does it grow by itself?"), "{}", seen.detail);
}
