//! Status pages when it matters: the database is gone, the API has all hands full, the process is killed.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::{Duration, Instant},
};

use evenkeel_stories::{
    client::{Client, escaped, http},
    database,
    process::{Process, Setup, free_port, said},
    proxy::Proxy,
    smtp::Smtp,
    until,
    webhook::Webhook,
};
use serde_json::{Value, json};

use crate::kit;

const PAGE: &str = r#"
status_pages:
  - name: acme
    title: { zh: 甲方状态, en: Acme status }
    audience: public
    zone: Asia/Shanghai
    subscribe: [mail, webhook]
    groups:
      - name: { zh: 购物, en: Shopping }
        components:
          - { key: storefront, name: { zh: 店面, en: Storefront }, service: shop, follows: true, history: acme-gold }
          - { key: payments, name: { zh: 支付, en: Payments }, service: shop }
settings: { probe_addresses: { allow: ["127.0.0.0/8"] } }
"#;
/// How many requests of the API wait at once.
const SATURATED_BY: usize = 200;
/// A page is read within this time whatever else goes on, on a machine that does other things too.
const PROMPT: Duration = Duration::from_secs(1);

fn config(shop: SocketAddr) -> String {
    kit::config(shop, "http://127.0.0.1:9/hook").replace("webhook_url: \"http://127.0.0.1:9/hook\", ", "") + PAGE
}

/// Reads a page; how long that took.
async fn read(reader: &reqwest::Client, url: &str) -> (u16, String, Duration) {
    let began = Instant::now();
    let answer = reader.get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap(), began.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_postgresql_away_and_the_api_saturated_the_page_answers_and_says_as_of_when_it_is_true() {
    let Some(url) = database::fresh().await else {
        eprintln!("EVENKEEL_TEST_POSTGRES is not set: not told");
        return;
    };
    let server_address = url.split('@').nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
    let proxy = Proxy::start(server_address).await;
    let shop_address: SocketAddr = format!("127.0.0.1:{}", free_port()).parse().unwrap();
    let _shop = kit::start_shop(shop_address).await;
    let mut setup = Setup::new(Some(url.replace(&server_address.to_string(), &proxy.address.to_string())));
    setup.config(&config(shop_address));
    let outside = format!("127.0.0.1:{}", free_port());
    let mut server = setup.serve_with(&["--status-listen", &outside]).await;
    let client = setup.sign_in(&server).await;
    let pages = [format!("{}/status/acme?lang=en", setup.url()), format!("http://{outside}/status/acme?lang=en")];
    let reader = http();
    until("the page to say operational", Duration::from_secs(30), || async {
        read(&reader, &pages[1]).await.1.contains("Operational").then_some(())
    })
    .await;
    let console = reader.get(format!("http://{outside}/api/v1/session")).send().await.unwrap();
    assert_eq!(console.status().as_u16(), 404, "nothing but status pages is on their own address");

    proxy.cut();
    // Every hand of the API waits for the database.
    let waiting: Vec<_> = (0..SATURATED_BY)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.try_send("GET", "/api/v1/incidents", None).await })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    let mut of_then = BTreeSet::new();
    let began = Instant::now();
    while of_then.len() < pages.len() {
        assert!(began.elapsed() < Duration::from_mins(1), "the page does not say that it is of then");
        for page in &pages {
            let (status, text, took) = read(&reader, page).await;
            assert_eq!(status, 200, "{text}");
            assert!(text.contains("Storefront") && text.contains("As of"));
            slowest = slowest.max(took);
            if text.contains("cannot be brought up to date") {
                of_then.insert(page.clone());
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(slowest < PROMPT, "a page took {slowest:?}");
    println!("database away, {SATURATED_BY} requests of the API waiting: the slowest page took {slowest:?}");
    let mut refused = 0;
    for each in waiting {
        refused += usize::from(matches!(each.await.unwrap(), Ok((503, _)) | Err(_)));
    }
    assert!(refused > 0, "the API was not in trouble, so nothing was proven");

    proxy.heal();
    until("the page to be brought up to date again", Duration::from_mins(1), || async {
        (!read(&reader, &pages[0]).await.1.contains("cannot be brought up to date")).then_some(())
    })
    .await;
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_subscriber_is_told_once_though_the_process_is_killed_in_between() {
    for url in [None, database::fresh().await] {
        told_once(url).await;
    }
}

const SUBSCRIBERS: usize = 40;

async fn told_once(database_url: Option<String>) {
    let (smtp, hook) = (Smtp::start(), Webhook::start());
    let mut setup = Setup::new(database_url);
    setup.smtp_port = Some(smtp.port);
    setup.config(&config("127.0.0.1:9".parse().unwrap()));
    let mut server = setup.serve().await;
    let page = format!("{}/status/acme", setup.url());
    let reader = http();
    for number in 0..SUBSCRIBERS {
        ask(&reader, &page, &format!("channel=mail&address={}", escaped(&format!("p{number}@example.org")))).await;
    }
    ask(&reader, &page, &format!("channel=webhook&address={}&secret=0123456789abcdef", escaped(&hook.url))).await;
    let confirm = |link: String| {
        let reader = reader.clone();
        async move {
            let answer = reader.post(link).body("do=confirm").send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.status());
        }
    };
    // Other mails tell the person on call of the shop that is not there.
    let asked = || smtp.mails().iter().filter_map(|mail| mail.link("/subscription?")).collect::<Vec<_>>();
    let links = until("the messages that ask for a confirmation", Duration::from_mins(1), || async {
        let links = asked();
        (links.len() >= SUBSCRIBERS && !hook.calls().is_empty()).then_some(links)
    })
    .await;
    for link in links {
        confirm(link.replace("&amp;", "&")).await;
    }
    confirm(hook.calls()[0].body["confirm_url"].as_str().unwrap().to_owned()).await;

    let client = setup.sign_in_as("han").await;
    let post = begin(&client).await;
    // It is told while the process dies under it, three times.
    for pause in [5, 60, 150] {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        server.kill();
        server = setup.serve().await;
    }
    let told = until("every subscriber to be told", Duration::from_mins(2), || async {
        let told = updates(&smtp);
        (told.len() == SUBSCRIBERS && hook.calls().iter().any(is_update)).then_some(told)
    })
    .await;
    let repeats: usize = told.values().map(|ids| ids.len() - 1).sum();
    assert!(told.values().all(|ids| ids.iter().collect::<BTreeSet<_>>().len() == 1), "one word is one Message-ID a subscriber");
    assert!(repeats * 10 <= SUBSCRIBERS, "{repeats} of {SUBSCRIBERS} mails came twice");
    let call = hook.calls().into_iter().find(is_update).unwrap();
    assert_eq!(call.body["post"]["id"], post["id"]);
    assert!(call.header("evenkeel-signature").is_some_and(|value| value.contains("v1=")), "signed by the subscriber's key");
    assert!(call.header("idempotency-key").is_some_and(|key| key.starts_with("status:")));

    // One click ends it; nobody else is touched.
    let one = updates_of(&smtp).into_iter().next().unwrap();
    let link = one.header("List-Unsubscribe").unwrap().trim_matches(['<', '>']).to_owned();
    assert_eq!(one.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    let ended = reader.post(link).body("List-Unsubscribe=One-Click").send().await.unwrap();
    assert!(ended.status().is_success());
    let shown = client.get("/api/v1/status-pages/acme").await;
    assert_eq!(shown["subscribers"], SUBSCRIBERS);
    let left = updates(&smtp).into_keys().find(|address| !one.to.contains(address)).unwrap();
    let erase = ["erase", "--subscriber", &left, "--by", "han", "--reason", "request"];
    assert!(said(&setup.run(&erase)).contains("1 subscription would be ended; nothing was changed"));
    assert!(said(&setup.run(&[&erase[..], &["--yes"]].concat())).contains("1 subscription ended"));
    assert_eq!(client.get("/api/v1/status-pages/acme").await["subscribers"], SUBSCRIBERS - 1);
    println!("{SUBSCRIBERS} subscribers, three kills: each told once, {repeats} repeated on the wire");
    stop(server);
}

fn stop(mut server: Process) {
    assert!(server.stop());
}

async fn ask(reader: &reqwest::Client, page: &str, form: &str) {
    let answer = reader.post(format!("{page}/subscribe?lang=en")).body(form.to_owned()).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

async fn begin(client: &Client) -> Value {
    let body = json!({
        "title": { "zh": "付不了款", "en": "Payments fail" }, "state": "investigating", "text": { "zh": "正在看", "en": "We are looking" },
        "components": [{ "component": "payments", "effect": "major_outage" }],
    });
    client.post("/api/v1/status-pages/acme/posts", &body).await
}

fn is_update(call: &evenkeel_stories::webhook::Call) -> bool {
    call.body["type"] == "status.update"
}

fn updates_of(smtp: &Smtp) -> Vec<evenkeel_stories::smtp::Mail> {
    smtp.mails().into_iter().filter(|mail| mail.header("List-Unsubscribe").is_some()).collect()
}

/// Who was told of the word, with the Message-IDs they got.
fn updates(smtp: &Smtp) -> BTreeMap<String, Vec<String>> {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in updates_of(smtp) {
        told.entry(mail.to[0].clone()).or_default().push(mail.header("Message-ID").unwrap());
    }
    told
}
