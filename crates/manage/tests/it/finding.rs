//! Finding by words: what is found, by whom, and what is left when something breaks.

use std::path::Path;

use evenkeel_api::{Grant, Permission};
use evenkeel_core::Actor;
use evenkeel_manage::{
    search::{Search, Standing, catch_up, keep, rebuild},
    ticket::erase::{Which, erase, written},
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    request::kit::laptop,
    world::{World, bank, in_world, search_path, shop},
};

async fn note(world: &World, id: &str, visibility: &str, text: &str) {
    let body = json!({ "visibility": visibility, "medium": "note", "text": text });
    world.post("dan", &format!("/api/v1/incidents/{id}/notes"), body).await.ok();
}

async fn incident(world: &World, service: evenkeel_core::id::ServiceId, title: &str) -> String {
    let body = json!({ "service_id": service, "title": title, "impact": 1, "urgency": 2 });
    world.post("dan", "/api/v1/incidents", body).await.ok()["id"].as_str().unwrap().to_owned()
}

fn article(title: &str, body: &str, language: &str) -> Value {
    json!({ "title": title, "body": body, "kind": "how_to", "language": language, "visibility": "customers", "services": [shop()] })
}

#[tokio::test]
async fn words_are_found_in_both_languages_however_they_are_written() {
    in_world(|world| async move {
        world.article(article("数据库连接超时怎么办", "先看连接池，再重启 Nginx 服务。證書過期時更新憑證。", "zh")).await;
        world.article(article("VPN connections keep dropping", "Renew the certificate, then restart the client.", "en")).await;
        world.open("商店的数据库挂了").await;
        world.index().await;
        for (words, found) in [
            ("数据库", vec!["inc-1001", "kb-1001"]),
            ("连接超时", vec!["kb-1001"]),
            // Several words without a blank, though nothing stands like that in the text.
            ("数据库超时", vec!["kb-1001"]),
            ("重启nginx", vec!["kb-1001"]),
            ("ＮＧＩＮＸ　重启", vec!["kb-1001"]),
            // Traditional characters are found by themselves.
            ("證書", vec!["kb-1001"]),
            ("更新憑證", vec!["kb-1001"]),
            ("證", vec!["kb-1001"]),
            ("connection", vec!["kb-1002"]),
            ("Connecting drops", vec!["kb-1002"]),
            // Who is still typing.
            ("certif", vec!["kb-1002"]),
            ("KB-1002", vec!["kb-1002"]),
            ("kb-1001", vec!["kb-1001"]),
            ("ＩＮＣ－１００１", vec!["inc-1001"]),
            ("INC-9999", vec![]),
            ("火星", vec![]),
            ("数库", vec![]),
        ] {
            let mut seen = world.finds("dan", words).await;
            seen.sort();
            assert_eq!(seen, found, "{words}");
        }
        let first = world.finds("dan", "1001").await;
        assert_eq!(first.len(), 2, "{first:?}");
        for nonsense in ["", "   ", "\"(", "title:x AND", "*", "+-", "\u{1e}"] {
            assert!(world.finds("dan", nonsense).await.is_empty(), "{nonsense:?}");
        }
        // Without words the newest articles, when articles are asked for.
        let newest = world.get("cora", "/api/v1/search?q=&kind=article").await.ok();
        assert_eq!((newest["items"].as_array().unwrap().len(), &newest["complete"]), (2, &json!(true)));
        let hit = &world.get("dan", &search_path("nginx")).await.ok()["items"][0];
        let marked: Vec<&str> = hit["snippet"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|part| part["mark"] == true)
            .map(|part| part["text"].as_str().unwrap())
            .collect();
        assert_eq!(marked, ["Nginx"]);
        // Ten thousand characters are bounded, and it is said; as many Chinese ones as an address holds, too.
        for long in ["connection ".repeat(910), "数据库连接超时".repeat(900)] {
            assert_eq!(world.get("dan", &search_path(&long)).await.ok()["cut"], true);
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_finds_counts_or_completes_a_word_of_what_they_may_not_read() {
    in_world(|world| async move {
        let acme = incident(&world, shop(), "zebraword at acme").await;
        let globex = incident(&world, bank(), "zebraword at globex").await;
        note(&world, &acme, "internal", "innerword about acme").await;
        note(&world, &acme, "public", "publicword about acme").await;
        world.post("eve", "/api/v1/problems", json!({ "service_id": shop(), "title": "zebraword problem" })).await.ok();
        world.offer("laptop", laptop()).await.unwrap();
        let request = world.ask("cora", "laptop", json!({ "model": "fast", "why": "zebraword again", "count": 1 })).await;
        let staff = json!({ "title": "zebraword inside", "body": "b", "kind": "runbook", "language": "en", "visibility": "internal" });
        world.article(staff).await;
        world.index().await;
        let sorted = |mut found: Vec<String>| {
            found.sort();
            found
        };
        for words in ["zebraword", "zebraw"] {
            assert_eq!(sorted(world.finds("dan", words).await), ["inc-1001", "inc-1002", "kb-1001", "prb-1001", "req-1001"]);
            assert_eq!(sorted(world.finds("cora", words).await), ["inc-1001", "req-1001"], "her own request, and acme's incident");
            assert_eq!(world.finds("carl", words).await, ["inc-1002"], "globex alone");
            assert!(world.finds("vera", words).await.is_empty());
        }
        // Cass approves what Cora asks for, as long as she is asked.
        let asked = world.get("cass", &format!("/api/v1/requests/{request}")).await.status.is_success();
        assert_eq!(world.finds("cass", "zebraword").await.contains(&"req-1001".to_owned()), asked);
        for (name, inner, public) in [("dan", 1, 1), ("aud", 1, 1), ("cora", 0, 1), ("carl", 0, 0), ("vera", 0, 0)] {
            assert_eq!(world.finds(name, "innerword").await.len(), inner, "{name}");
            assert_eq!(world.finds(name, "innerw").await.len(), inner, "{name} completes");
            assert_eq!(world.finds(name, "publicword").await.len(), public, "{name}");
        }
        let hit = world.get("cora", &search_path("acme")).await.ok();
        assert!(!hit.to_string().contains("innerword"), "{hit}");
        // The other's ticket does not exist, and one's own has nothing of the other's beside it.
        world.get("carl", &format!("/api/v1/incidents/{acme}/related")).await.refused(404, "not_found");
        world.get("carl", &format!("/api/v1/requests/{request}/related")).await.refused(404, "not_found");
        let beside = world.get("carl", &format!("/api/v1/incidents/{globex}/related")).await.ok();
        assert_eq!((&beside["tickets"], &beside["articles"]), (&json!([]), &json!([])));
        let beside = world.get("dan", &format!("/api/v1/incidents/{globex}/related")).await.ok();
        assert!(beside["tickets"].to_string().contains("zebraword at acme") || beside["tickets"].to_string().contains(&acme), "{beside}");
        // A number that is guessed is found by nobody who may not.
        assert!(world.finds("carl", "INC-1001").await.is_empty());
        // A token without the scope finds nothing of that kind.
        let mut narrow = world.caller("dan");
        narrow.scopes = Some([Permission::KnowledgeRead].into());
        let found = world.send(Some(narrow), http::Method::GET, &search_path("zebraword"), None, None).await.ok();
        assert_eq!(found["counts"], json!([{ "kind": "article", "count": 1 }]));
        // Handed to the vendor, it is found by the vendor.
        let assigned = json!({ "team_id": crate::world::repairs() });
        world.post("dan", &format!("/api/v1/incidents/{acme}/assign"), assigned).await.ok();
        world.index().await;
        assert_eq!(world.finds("vera", "zebraword").await, ["inc-1001"]);
        assert!(world.finds("vera", "innerword").await.is_empty());
    })
    .await;
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[tokio::test]
async fn a_process_killed_between_two_writes_neither_loses_nor_doubles() {
    in_world(|world| async move {
        let folder = tempfile::tempdir().unwrap();
        let (live, before) = (folder.path().join("live"), folder.path().join("before"));
        let (search, db) = (Search::at(live.clone()), world.test.db.clone());
        incident(&world, shop(), "killword one").await;
        catch_up(&db, &search).await.unwrap();
        // As it was when the ledger had gone on and the index had not: the moment before its commit.
        copy(&live, &before);
        let id = incident(&world, shop(), "killword two").await;
        note(&world, &id, "public", "killword again").await;
        catch_up(&db, &search).await.unwrap();
        for folder in [&before, &live] {
            let world = world.over(Search::at(folder.clone()));
            world.index().await;
            assert_eq!(world.finds("dan", "killword").await.len(), 2, "{}", folder.display());
            world.index().await;
            assert_eq!(world.finds("dan", "killword").await.len(), 2, "{}", folder.display());
        }
    })
    .await;
}

#[tokio::test]
async fn an_index_that_is_gone_damaged_or_of_another_ledger_is_made_anew() {
    in_world(|world| async move {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("search");
        incident(&world, shop(), "wholeword").await;
        let whole = || async {
            let world = world.over(Search::at(place.clone()));
            assert_eq!(world.search().standing(), Standing::Closed);
            let early = world.get("dan", &search_path("wholeword")).await.ok();
            assert_eq!((&early["items"], &early["complete"]), (&json!([]), &json!(false)), "it says that it is not there yet");
            world.index().await;
            assert_eq!(world.finds("dan", "wholeword").await, ["inc-1001"]);
            assert_eq!(world.get("dan", &search_path("wholeword")).await.ok()["complete"], true);
        };
        whole().await;
        std::fs::remove_dir_all(&place).unwrap();
        whole().await;
        for damage in ["term", "idx", "meta.json"] {
            let file = std::fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().path());
            let file = file.into_iter().find(|path| path.to_string_lossy().ends_with(damage)).unwrap();
            let mut bytes = std::fs::read(&file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0xff;
            std::fs::write(&file, bytes).unwrap();
            whole().await;
        }
        // What another ledger left there is not of this one.
        let meta = place.join("meta.json");
        let text = std::fs::read_to_string(&meta).unwrap();
        let payload = text.find("1:").unwrap();
        std::fs::write(&meta, format!("{}1:9{}", &text[..payload], &text[payload + 2..])).unwrap();
        whole().await;
        assert!(rebuild(&world.test.db, &Search::at(place.clone())).await.unwrap() >= 1);
    })
    .await;
}

#[tokio::test]
async fn erased_words_leave_the_index_and_its_files() {
    in_world(|world| async move {
        let folder = tempfile::tempdir().unwrap();
        let world = world.over(Search::at(folder.path().join("search")));
        let id = incident(&world, shop(), "ordinary").await;
        incident(&world, shop(), "another").await;
        note(&world, &id, "public", "call zyxwvutsrq at home").await;
        let article = article("title", "ask zyxwvutsrq too", "en");
        world.article(article).await;
        world.index().await;
        assert_eq!(world.finds("dan", "zyxwvutsrq").await.len(), 2);
        let mut tx = world.test.db.write().await.unwrap();
        for words in written(&mut tx, world.test.tenant, &Which::Containing("zyxwvutsrq".to_owned())).await.unwrap() {
            let grant = Grant::system(Permission::IncidentWrite);
            assert!(erase(&mut tx, &grant, world.test.tenant, &Actor::system("test"), "request", &words).await.unwrap());
        }
        tx.commit().await.unwrap();
        // Not even before the index has followed: what is shown is read from the database.
        let shown = world.get("dan", &search_path("ordinary")).await.ok();
        assert!(!shown.to_string().contains("zyxwvutsrq"), "{shown}");
        world.index().await;
        assert!(world.finds("dan", "zyxwvutsrq").await.is_empty());
        assert_eq!(world.finds("dan", "ordinary").await, ["inc-1001"]);
        assert!(!world.search().knows("zyxwvutsrq").unwrap(), "the word is still in the index's files");
        assert!(world.search().knows("another").unwrap());
    })
    .await;
}

#[tokio::test]
async fn it_follows_by_itself_and_ends_when_asked() {
    in_world(|world| async move {
        let cancel = CancellationToken::new();
        let task = tokio::spawn(keep(world.test.db.clone(), world.search().clone(), cancel.clone()));
        incident(&world, shop(), "followword").await;
        let found = tokio::time::timeout(std::time::Duration::from_secs(30), async {
            while world.finds("dan", "followword").await.is_empty() {
                tokio::task::yield_now().await;
            }
        });
        found.await.expect("found within half a minute");
        cancel.cancel();
        tokio::time::timeout(std::time::Duration::from_secs(10), task).await.unwrap().unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_own_fields_say_is_found_by_whoever_may_read_it_and_not_when_they_say_it_no_more() {
    in_world(|world| async move {
        let choice = json!({"type": "choice", "options": [{"key": "n7", "label": {"zh": "北区门店", "en": "Northern branch"}}]});
        for (name, answer, theirs) in [("branch", choice, true), ("suspect", json!({"type": "text"}), false)] {
            let field =
                json!({"kind": "ticket_field", "name": name, "title": {"zh": name, "en": name}, "answer": answer, "for_customers": theirs});
            world.put_at("mia", &format!("/api/v1/automation/ticket_field/{name}"), field).await.ok();
        }
        let id = world.open("till").await;
        world.index().await;
        let fields = json!({"branch": "n7", "suspect": "the Wolkenstein gateway"});
        world.put_at("dan", &format!("/api/v1/incidents/{id}/fields"), json!({ "fields": fields })).await.ok();
        world.index().await;
        for (name, words, found) in [
            ("dan", "北区门店", 1),
            ("dan", "northern branch", 1),
            ("cora", "northern branch", 1),
            ("dan", "Wolkenstein", 1),
            ("cora", "Wolkenstein", 0),
            ("carl", "northern branch", 0),
        ] {
            assert_eq!(world.finds(name, words).await.len(), found, "{name} looks for {words}");
        }
        world.put_at("dan", &format!("/api/v1/incidents/{id}/fields"), json!({"fields": {"branch": null}})).await.ok();
        world.index().await;
        assert_eq!(world.finds("dan", "northern branch").await.len(), 0);
    })
    .await;
}
