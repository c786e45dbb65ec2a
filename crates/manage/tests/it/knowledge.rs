//! Articles: written, reviewed, published, found, used, read again.

use evenkeel_manage::knowledge::{SUBJECT, letter};
use evenkeel_store::outbox;
use serde_json::{Value, json};

use crate::world::{World, acme, in_world, person, shop};

const DAY: i64 = 86_400;

fn words(title: &str, visibility: &str) -> Value {
    json!({ "title": title, "body": "# 步骤\n\n先重启 **nginx**\n<script>alert(1)</script>", "kind": "how_to", "language": "zh",
        "visibility": visibility, "services": [shop()] })
}

impl World {
    /// A published article; its id.
    pub async fn article(&self, content: Value) -> String {
        let made = self.post("dan", "/api/v1/articles", content).await.ok();
        let id = made["id"].as_str().unwrap().to_owned();
        self.article_step("dan", &id, "submit").await;
        self.article_step("eve", &id, "publish").await;
        id
    }

    pub async fn article_step(&self, name: &str, id: &str, step: &str) -> Value {
        self.post(name, &format!("/api/v1/articles/{id}/{step}"), json!({})).await.ok()
    }
}

#[tokio::test]
async fn an_article_is_written_reviewed_published_revised_and_retired_with_every_version_kept() {
    in_world(|world| async move {
        let made = world.post("dan", "/api/v1/articles", words("重启商店", "customers")).await.ok();
        assert_eq!((&made["number"], &made["state"], &made["live_no"]), (&json!(1001), &json!("draft"), &Value::Null));
        let id = made["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/articles/{id}");
        world.get("cora", &path).await.refused(404, "not_found");
        world.post("eve", &format!("{path}/publish"), json!({})).await.refused(409, "state_refused");
        // The desk writes; engineers and service managers publish.
        world.article_step("dan", &id, "submit").await;
        world.post("dan", &format!("{path}/publish"), json!({})).await.refused(403, "forbidden");
        world.article_step("eve", &id, "publish").await;
        let read = world.get("cora", &path).await.ok();
        assert_eq!((&read["title"], &read["inside"], &read["allowed"]), (&json!("重启商店"), &Value::Null, &json!([])));
        let html = read["html"].as_str().unwrap();
        assert!(html.contains("<strong>nginx</strong>") && html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");

        // A newer draft leaves what is live alone.
        let newer =
            json!({ "title": "重启商店（新）", "body": "换一种办法", "kind": "runbook", "language": "zh", "visibility": "internal" });
        let saved = world.put_at("dan", &path, newer).await.ok();
        assert_eq!((&saved["state"], &saved["no"], &saved["live_no"]), (&json!("draft"), &json!(2), &json!(1)));
        assert_eq!(world.get("cora", &path).await.ok()["title"], "重启商店");
        assert_eq!(world.get("cora", &format!("{path}?no=2")).await.ok()["title"], "重启商店", "a draft is not asked for by its number");
        assert_eq!(world.get("dan", &path).await.ok()["title"], "重启商店（新）");
        assert_eq!(world.get("dan", &format!("{path}?no=1")).await.ok()["title"], "重启商店");
        let lines = world.get("dan", &format!("{path}/difference?older=1&newer=2")).await.ok();
        let of = |change: &str| lines.as_array().unwrap().iter().filter(|line| line["change"] == change).count();
        assert!(of("removed") >= 3 && of("added") >= 2, "{lines}");
        world.article_step("dan", &id, "submit").await;
        world.article_step("eve", &id, "publish").await;
        world.get("cora", &path).await.refused(404, "not_found");
        let versions = world.get("dan", &format!("{path}/versions")).await.ok();
        assert_eq!((versions.as_array().unwrap().len(), &versions[0]["no"]), (2, &json!(2)));
        world.article_step("eve", &id, "retire").await;
        let open = world.get("dan", "/api/v1/articles?state=open").await.ok();
        assert_eq!(open["items"], json!([]));
        world.put_at("dan", &path, words("x", "internal")).await.refused(409, "state_refused");
        world.article_step("eve", &id, "revive").await;
    })
    .await;
}

#[tokio::test]
async fn it_is_read_by_those_it_is_for_and_by_nobody_else() {
    in_world(|world| async move {
        let mut named = words("只给 acme", "organisations");
        world.post("dan", "/api/v1/articles", named.clone()).await.refused(422, "invalid");
        named["organisations"] = json!([acme()]);
        // Who reads which: an article's visibility, and the people outside who see it.
        for (content, readers) in [
            (words("内部", "internal"), vec![]),
            (named, vec!["cora", "cass"]),
            (words("客户", "customers"), vec!["cora", "cass", "carl"]),
            (words("所有人", "everyone"), vec!["cora", "cass", "carl", "vera"]),
        ] {
            let title = content["title"].as_str().unwrap().to_owned();
            let id = world.article(content).await;
            world.index().await;
            for name in ["cora", "cass", "carl", "vera", "dan", "aud"] {
                let reads = readers.contains(&name) || ["dan", "aud"].contains(&name);
                let answer = world.get(name, &format!("/api/v1/articles/{id}")).await;
                assert_eq!(answer.status.is_success(), reads, "{name} reads {title}");
                let listed = world.get(name, "/api/v1/articles").await.ok();
                assert_eq!(listed.to_string().contains(&title), reads, "{name} lists {title}");
                assert_eq!(!world.finds(name, &title).await.is_empty(), reads, "{name} finds {title}");
                if !reads {
                    let rate = format!("/api/v1/articles/{id}/rating");
                    world.post(name, &rate, json!({ "helpful": true })).await.refused(404, "not_found");
                    world
                        .post(name, &format!("/api/v1/articles/{id}/read"), json!({ "from_search": true }))
                        .await
                        .refused(404, "not_found");
                }
            }
            world.article_step("eve", &id, "retire").await;
        }
    })
    .await;
}

#[tokio::test]
async fn it_counts_as_used_once_a_ticket_and_is_helpful_only_when_said() {
    in_world(|world| async move {
        let id = world.article(words("重启商店", "customers")).await;
        let path = format!("/api/v1/articles/{id}");
        let inside = |world: World, path: String| async move { world.get("dan", &path).await.ok()["inside"].clone() };
        let incident = world.open("商店重启不了").await;
        world.index().await;
        let related = world.get("dan", &format!("/api/v1/incidents/{incident}/related")).await.ok();
        assert_eq!(related["articles"][0]["id"], json!(id), "{related}");
        let ticket = json!({ "ticket": { "kind": "incident", "id": incident } });
        for _ in 0..2 {
            assert_eq!(world.post("dan", &format!("{path}/use"), ticket.clone()).await.ok()["uses"], 1);
        }
        let related = world.get("dan", &format!("/api/v1/incidents/{incident}/related")).await.ok();
        assert_eq!((&related["linked"][0]["id"], &related["articles"]), (&json!(id), &json!([])), "{related}");
        world.post("cora", &format!("{path}/use"), ticket).await.refused(403, "forbidden");

        assert_eq!(world.get("cora", &path).await.ok()["rated"], Value::Null, "nothing is taken for granted");
        for (name, helpful) in [("cora", true), ("cass", true), ("carl", false), ("cass", false), ("cass", false)] {
            world.post(name, &format!("{path}/rating"), json!({ "helpful": helpful })).await.ok();
        }
        world.post("cora", &format!("{path}/rating"), json!({})).await.refused(422, "invalid");
        assert_eq!(world.get("cora", &path).await.ok()["rated"], json!(true));
        let counted = inside(world.clone(), path.clone()).await;
        assert_eq!((&counted["uses"], &counted["helpful"], &counted["unhelpful"]), (&json!(1), &json!(1), &json!(2)));

        // Cora was helped, Carl asks for something after all, Cass's hour is not over.
        world.post("cora", &format!("{path}/read"), json!({ "from_search": true })).await.ok();
        world.post("carl", &format!("{path}/read"), json!({ "from_search": true })).await.ok();
        world.post("vera", &format!("{path}/read"), json!({ "from_search": true })).await.refused(404, "not_found");
        world.pass(1800);
        let body = json!({ "service_id": crate::world::bank(), "title": "still down", "impact": 1, "urgency": 2 });
        world.post("carl", "/api/v1/incidents", body).await.ok();
        world.pass(1801);
        world.post("cass", &format!("{path}/read"), json!({ "from_search": true })).await.ok();
        world.post("cass", &format!("{path}/read"), json!({ "from_search": false })).await.ok();
        let now = world.now();
        let counted = world
            .get("dan", &format!("/api/v1/articles/deflection?from=2026-01-01T00:00:00Z&to={}", now + jiff::SignedDuration::from_secs(1)))
            .await
            .ok();
        assert_eq!(counted, json!({ "n": 2, "deflected": 1, "pending": 1 }));
    })
    .await;
}

#[tokio::test]
async fn its_owner_is_told_when_it_is_due_and_confirms_it() {
    in_world(|world| async move {
        let mut content = words("重启商店", "customers");
        let day =
            |days: i64| (world.now() + jiff::SignedDuration::from_secs(days * DAY)).to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
        content["review_on"] = json!(day(0));
        world.post("dan", "/api/v1/articles", content.clone()).await.refused(422, "invalid");
        content["review_on"] = json!(day(30));
        content["owner_id"] = json!(person("cora"));
        world.post("dan", "/api/v1/articles", content.clone()).await.refused(422, "invalid");
        content["owner_id"] = json!(person("eve"));
        let id = world.article(content).await;
        let path = format!("/api/v1/articles/{id}");
        assert_eq!(world.get("dan", "/api/v1/articles?stale=true").await.ok()["items"], json!([]));
        world.pass(31 * DAY);
        assert_eq!(world.ring().await, 1);
        let stale = world.get("dan", "/api/v1/articles?stale=true").await.ok();
        assert_eq!((&stale["items"][0]["id"], &stale["stale"]), (&json!(id), &json!(1)));
        let message = {
            let mut read = world.test.db.read().await.unwrap();
            outbox::about(&mut read, world.test.tenant, SUBJECT, &id).await.unwrap().expect("a mail to the owner")
        };
        assert!(!message.payload.contains("example.org") && !message.payload.contains("商店"), "{}", message.payload);
        let mail = letter(&world.test.db, &message, "https://desk.example").await.unwrap().unwrap();
        assert_eq!((mail.address.as_str(), mail.subject.as_str()), ("eve@example.org", "[KB-1001] Please review: 重启商店"));
        assert!(mail.text.contains(&format!("https://desk.example/knowledge/{id}")));
        world.post("eve", &format!("{path}/review"), json!({ "review_on": day(90), "reviewed": true })).await.ok();
        assert_eq!(world.get("dan", "/api/v1/articles?stale=true").await.ok()["items"], json!([]));
        assert!(letter(&world.test.db, &message, "https://desk.example").await.unwrap().is_none(), "nothing is wanted any more");
        assert_eq!(world.ring().await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_known_error_of_a_problem_is_published_in_one_go_and_follows_it() {
    in_world(|world| async move {
        let body = json!({ "service_id": shop(), "title": "商店夜里会停", "watch_days": 1 });
        let problem = world.post("eve", "/api/v1/problems", body).await.ok()["id"].as_str().unwrap().to_owned();
        let step = |step: &'static str, body: Value| {
            let (world, path) = (&world, format!("/api/v1/problems/{problem}/{step}"));
            async move { world.post("eve", &path, body).await.ok() }
        };
        let publish = format!("/api/v1/problems/{problem}/article");
        world.post("eve", &publish, json!({ "language": "zh" })).await.refused(409, "state_refused");
        step("assess", json!({})).await;
        step("analyse", json!({})).await;
        step("know", json!({ "text": "连接泄漏", "workaround": "每晚六点重启" })).await;
        world.post("dan", &publish, json!({ "language": "zh" })).await.refused(403, "forbidden");
        let made = world.post("eve", &publish, json!({ "language": "zh", "visibility": "customers" })).await.ok();
        let path = format!("/api/v1/articles/{}", made["id"].as_str().unwrap());
        assert_eq!((&made["state"], &made["kind"]), (&json!("published"), &json!("known_error")));
        world.post("eve", &publish, json!({ "language": "zh" })).await.refused(409, "duplicate");
        assert_eq!(world.get("cora", &path).await.ok()["body"], "每晚六点重启");

        step("plan", json!({ "change": "CHG-1" })).await;
        step("fix", json!({})).await;
        world.pass(2 * DAY);
        world.ring().await;
        step("close", json!({})).await;
        world.consume().await;
        world.get("cora", &path).await.refused(404, "not_found");
        assert_eq!(world.get("dan", &path).await.ok()["state"], "retired");
        // It comes back, and with it what helps.
        let incident = world.open("商店又停了").await;
        step("incidents", json!({ "incident_id": incident })).await;
        world.consume().await;
        assert_eq!(world.get("cora", &path).await.ok()["body"], "每晚六点重启");
        step("know", json!({ "text": "还是泄漏", "workaround": "每晚五点重启" })).await;
        world.consume().await;
        world.consume().await;
        let now = world.get("cora", &path).await.ok();
        assert_eq!((&now["body"], &now["no"]), (&json!("每晚五点重启"), &json!(2)), "once, however often it is seen");
    })
    .await;
}
