//! An article is written and published, a customer finds it instead of filing, the desk uses it on a ticket; the server is killed
//! while it indexes, its index is thrown away, words are erased: what may be found is found, once, and nothing else is.

use std::time::Duration;

use evenkeel_stories::{
    client::{Client, escaped},
    database,
    process::{Setup, said},
    until,
};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    story(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() {
    match database::fresh().await {
        Some(url) => story(Some(url)).await,
        None => eprintln!("EVENKEEL_TEST_POSTGRES is not set: told on SQLite only"),
    }
}

const CONFIG: &str = "
organisations:
  - { name: keel, display: { zh: 稳舵演练, en: Keel Operations }, kind: provider }
  - { name: acme, display: { zh: 甲方集团, en: Acme Group }, kind: customer }
  - { name: globex, display: { zh: 乙方集团, en: Globex }, kind: customer }
people:
  - { name: li, display: 李雷, organisation: keel, locale: zh, roles: [engineer] }
  - { name: han, display: Han Mei, organisation: keel, locale: en, roles: [service_manager] }
  - { name: cora, display: Cora, organisation: acme, locale: en, roles: [customer] }
  - { name: carl, display: Carl, organisation: globex, locale: en, roles: [customer] }
teams:
  - { name: web, display: { zh: 网站组, en: Web team }, organisation: keel, members: [li, han] }
services:
  - { name: shop, display: { zh: 商城, en: Shop }, team: web, owner: han, customer: acme }
";

async fn find(client: &Client, words: &str) -> Value {
    client.get(&format!("/api/v1/search?q={}", escaped(words))).await
}

/// Waits until so many are found.
async fn finds(client: &Client, words: &str, count: usize) -> Value {
    until(&format!("{words} found {count} times"), Duration::from_secs(30), || async {
        let found = find(client, words).await;
        (found["complete"] == true && found["items"].as_array().is_some_and(|items| items.len() == count)).then_some(found)
    })
    .await
}

async fn story(database_url: Option<String>) {
    let mut setup = Setup::new(database_url);
    setup.config(CONFIG);
    let mut server = setup.serve().await;
    let (li, cora, carl) = (setup.sign_in_as("li").await, setup.sign_in_as("cora").await, setup.sign_in_as("carl").await);
    let services = li.get("/api/v1/services").await;
    let shop = services.as_array().or_else(|| services["items"].as_array()).unwrap()[0]["id"].clone();

    // Written, reviewed, published.
    let article = json!({ "title": "证书过期怎么办", "body": "1. 更新证书\n2. restart the gateway", "kind": "how_to", "language": "zh",
        "visibility": "customers", "services": [shop] });
    let made = li.post("/api/v1/articles", &article).await;
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!((&made["number"], &made["state"]), (&json!(1001), &json!("draft")));
    assert_eq!(find(&cora, "证书").await["items"], json!([]));
    for step in ["submit", "publish"] {
        li.post(&format!("/api/v1/articles/{id}/{step}"), &json!({})).await;
    }
    // Found by customers in both languages, opened, and it helped.
    let found = finds(&cora, "证书", 1).await;
    assert_eq!(found["items"][0]["id"], json!(id));
    finds(&carl, "restarting gateways", 1).await;
    assert_eq!(cora.send("POST", &format!("/api/v1/articles/{id}/read"), Some(&json!({ "from_search": true }))).await.0, 204);
    assert_eq!(cora.send("POST", &format!("/api/v1/articles/{id}/rating"), Some(&json!({ "helpful": true }))).await.0, 204);

    // Beside a ticket it is there, and is counted as used.
    let incident = json!({ "service_id": shop, "title": "商城证书过期 secretword", "impact": 1, "urgency": 2 });
    let incident = li.post("/api/v1/incidents", &incident).await["id"].as_str().unwrap().to_owned();
    let related = li.get(&format!("/api/v1/incidents/{incident}/related")).await;
    assert_eq!(related["articles"][0]["id"], json!(id), "{related}");
    let used = li.post(&format!("/api/v1/articles/{id}/use"), &json!({ "ticket": { "kind": "incident", "id": incident } })).await;
    assert_eq!(used["uses"], 1);
    finds(&cora, "secretword", 1).await;
    let other = find(&carl, "secretword").await;
    assert_eq!((&other["items"], other.to_string().contains("\"count\":1")), (&json!([]), false), "{other}");

    // Killed while tickets come in: none is lost, none is there twice.
    for number in 0..12 {
        let body = json!({ "service_id": shop, "title": format!("killword {number}"), "impact": 3, "urgency": 3 });
        li.post("/api/v1/incidents", &body).await;
        if number % 4 == 3 {
            server.kill();
            server = setup.serve().await;
        }
    }
    finds(&li, "killword", 12).await;

    // The index is thrown away; it is made anew.
    server.kill();
    std::fs::remove_dir_all(setup.data().join("search")).unwrap();
    server = setup.serve().await;
    finds(&li, "killword", 12).await;

    // Erased words are found no more, though the server runs meanwhile.
    let out = setup.run(&["erase", "--containing", "secretword", "--by", "li", "--reason", "request", "--yes"]);
    assert!(out.status.success(), "{}", said(&out));
    finds(&li, "secretword", 0).await;
    assert!(server.stop());

    // By hand, when nothing runs.
    let out = setup.run(&["search", "rebuild"]);
    assert!(out.status.success() && said(&out).contains("14 things can be found"), "{}", said(&out));
}
