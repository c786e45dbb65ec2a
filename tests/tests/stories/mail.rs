//! The desk's mail: mails that come through a real Postfix into a real Dovecot become the right incidents, answers leave through
//! the same Postfix in the same thread, replies come back to the same incident, what cannot be delivered comes back as Postfix says
//! it; nothing is lost or doubled while the server is killed, connections are cut and the mail server restarts.

mod corpus;

use std::{collections::BTreeMap, time::Duration};

use evenkeel_stories::{
    client::Client,
    database,
    dovecot::{self, Dovecot},
    postfix::{self, Postfix},
    process::{self, Process, Setup},
    smtp::{Mail, Smtp},
    until,
};
use serde_json::{Value, json};

use self::corpus::{Expected, Way, corpus};

const LONG: Duration = Duration::from_secs(90);
const KILLS: u32 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    if dovecot::is_there() {
        story(None).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() {
    match database::fresh().await {
        Some(url) if dovecot::is_there() => story(Some(url)).await,
        _ => eprintln!("EVENKEEL_TEST_POSTGRES is not set, or there is no dovecot: told on SQLite only"),
    }
}

fn config(port: u16) -> String {
    let mailbox = |name: &str, more: &str| {
        format!(
            "  - {{ name: {name}, host: 127.0.0.1, port: {port}, tls: none, user: {name}, password: desk, address: {name}@keel.example, \
             display: Keel Desk, service: shop, existing: take, language: en, {more} }}\n"
        )
    };
    format!(
        r#"
organisations:
  - {{ name: keel, display: {{ zh: 稳舵演练, en: Keel Operations }}, kind: provider }}
  - {{ name: acme, display: {{ zh: 甲方集团, en: Acme Group }}, kind: customer }}
  - {{ name: globex, display: {{ zh: 乙方集团, en: Globex }}, kind: customer }}
calendars:
  - {{ name: always, always: true, zone: Asia/Shanghai }}
people:
  - {{ name: li, display: 李雷, organisation: keel, email: Li@keel.example, locale: zh, roles: [engineer] }}
  - {{ name: han, display: Han Mei, organisation: keel, email: han@keel.example, locale: en, roles: [service_manager] }}
  - {{ name: cora, display: Cora, organisation: acme, email: cora@acme.example, locale: en, roles: [customer] }}
  - {{ name: carl, display: Carl, organisation: globex, email: carl@globex.example, locale: en, roles: [customer] }}
teams:
  - {{ name: web, display: {{ zh: 网站组, en: Web team }}, organisation: keel, members: [li, han] }}
services:
  - {{ name: shop, display: {{ zh: 演练商城, en: Practice shop }}, customer: acme, team: web, owner: han, criticality: high }}
ticket_rules:
  - name: greets
    title: {{ zh: 问候, en: Greets }}
    when: [opened]
    if: {{ title_contains: [ruleword] }}
    then: [{{ reply: {{ text: {{ zh: "规则答复 {{{{ticket.number}}}}", en: "A rule answers {{{{ticket.number}}}}" }} }} }}]
  - name: thanks
    title: {{ zh: 致谢, en: Thanks }}
    when: [replied]
    if: {{ title_contains: [ruleword] }}
    then: [{{ reply: {{ text: {{ zh: "规则致谢", en: "A rule thanks" }} }} }}]
mailboxes:
{}{}"#,
        mailbox("desk", "unknown_senders: open"),
        mailbox("strict", "unknown_senders: hold")
    )
}

struct Stage {
    setup: Setup,
    server: Process,
    client: Client,
    /// The next server: what customers have.
    smtp: Smtp,
    dovecot: Dovecot,
    /// The desk's own server; without it mails are put into Dovecot's folders, and ours go to the next server straight.
    postfix: Option<Postfix>,
    secrets: String,
}

impl Stage {
    async fn new(database_url: Option<String>) -> Self {
        let smtp = Smtp::start();
        let mut setup = Setup::new(database_url);
        let folder = setup.folder.path().join("dovecot");
        std::fs::create_dir_all(&folder).unwrap();
        // Dovecot reads as somebody else.
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(setup.folder.path(), mode).unwrap();
        let dovecot = Dovecot::start(&folder);
        let postfix = postfix::is_there()
            .then(|| Postfix::start(&setup.folder.path().join("postfix"), "keel.example", &["desk", "strict"], &dovecot.mail(), smtp.port));
        setup.smtp_port = Some(postfix.as_ref().map_or(smtp.port, |postfix| postfix.port));
        let secrets = setup.folder.path().join("secrets");
        std::fs::create_dir_all(&secrets).unwrap();
        std::fs::write(secrets.join("desk"), "a \"password\"\n").unwrap();
        let secrets = secrets.display().to_string();
        setup.config(&config(dovecot.port));
        let server = setup.serve_with(&["--secrets", &secrets]).await;
        let client = setup.sign_in_as("han").await;
        Self { setup, server, client, smtp, dovecot, postfix, secrets }
    }

    /// A mail comes to a mailbox of ours.
    fn arrives(&mut self, user: &str, mail: &[u8]) {
        let Some(postfix) = &mut self.postfix else { return self.dovecot.deliver(user, mail) };
        let head = String::from_utf8_lossy(&mail[..mail.len().min(2_000)]).into_owned();
        let from = head.lines().find_map(|line| line.strip_prefix("From: ")).map_or("nobody@else.example", |from| from.trim());
        let from = from.split(['<', '>']).nth(1).unwrap_or(from);
        // What says that it has no sender has none on its envelope either.
        let from = if head.contains("Return-Path: <>") { "" } else { from };
        postfix.hand_over(from, &format!("{user}@keel.example"), mail);
    }

    async fn kill(&mut self) {
        self.server.kill();
        self.server = self.setup.serve_with(&["--secrets", &self.secrets]).await;
    }

    async fn incidents(&self) -> Vec<Value> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.client.get(&format!("/api/v1/incidents?limit=200&sort=opened{after}")).await;
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return all,
            }
        }
    }

    /// The incident of this title, once there is one.
    async fn incident(&self, title: &str) -> Value {
        until(title, LONG, || async { self.incidents().await.into_iter().find(|incident| incident["title"] == title) }).await
    }

    async fn notes(&self, id: &Value) -> Vec<Value> {
        let timeline = self.client.get(&format!("/api/v1/incidents/{}/timeline", id.as_str().unwrap())).await;
        timeline.as_array().unwrap().iter().filter(|entry| entry["kind"] == "incident.noted").cloned().collect()
    }

    async fn mails(&self, id: &Value) -> Value {
        self.client.get(&format!("/api/v1/incidents/{}/mails", id.as_str().unwrap())).await
    }

    /// How many mails are known, whatever became of them.
    async fn known(&self) -> usize {
        self.standing("taken").await.len() + self.standing("held").await.len()
    }

    async fn standing(&self, standing: &str) -> Vec<Value> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.client.get(&format!("/api/v1/mails?limit=200&standing={standing}{after}")).await;
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return all,
            }
        }
    }

    /// A mail that left, once it did.
    async fn sent(&self, what: &str, is: impl Fn(&Mail) -> bool) -> Mail {
        until(what, LONG, || async { self.smtp.mails().into_iter().find(|mail| is(mail)) }).await
    }
}

async fn story(database_url: Option<String>) {
    let on = if database_url.is_some() { "postgresql" } else { "sqlite" };
    let mut stage = Stage::new(database_url).await;
    one_thread_from_end_to_end(&mut stage).await;
    answers_carry_files(&mut stage).await;
    what_cannot_be_delivered_comes_back(&mut stage).await;
    held_mail_is_decided_by_hand(&mut stage).await;
    what_a_rule_says_is_mailed_and_no_two_machines_talk_without_end(&mut stage).await;
    let before = Counts::of(&stage).await;
    let (mails, expected) = corpus();
    let delivered = mails.len();
    // Delivered while the server is killed again and again, connections are cut, and the mail server restarts.
    let (per_kill, mut cut) = (delivered / KILLS as usize + 1, 0);
    for (turn, some) in mails.chunks(per_kill).enumerate() {
        let known = stage.known().await;
        for mail in some {
            match mail.way {
                Way::Delivered => stage.arrives(mail.to, &mail.bytes),
                Way::Copied => stage.dovecot.deliver(mail.to, &mail.bytes),
            }
        }
        if let Some(postfix) = &stage.postfix {
            postfix.settle();
        }
        // In the middle of taking them.
        until("the next mails to be taken", LONG, || async { (stage.known().await > known).then_some(()) }).await;
        stage.kill().await;
        match turn % 3 {
            0 => cut += until("a connection to cut", LONG, || async { Some(stage.dovecot.cut()).filter(|cut| *cut > 0) }).await,
            1 => stage.dovecot.restart(),
            _ => {}
        }
    }
    assert!(cut > 0, "no connection was cut");
    settled(&stage, before.taken + before.kept, &expected).await;
    // A mail server that numbers everything anew changes nothing.
    let once = Counts::of(&stage).await;
    stage.dovecot.renumber("desk");
    stage.arrives("desk", &corpus::plain("last", "cora@acme.example", "after the renumbering", ""));
    stage.incident("after the renumbering").await;
    let again = Counts::of(&stage).await;
    assert_eq!((again.incidents, again.taken), (once.incidents + 1, once.taken + 1), "renumbering doubled or lost something");
    expected_is_so(&stage, &before, &again, &expected).await;
    each_mail_left_once(&stage);
    println!("{on}: {delivered} mails, {} incidents, {} kept aside, {KILLS} kills", again.incidents, again.kept);
    assert!(stage.server.stop());
    let verified = stage.setup.run(&["ledger", "verify"]);
    assert!(verified.status.success(), "{}", process::said(&verified));
    an_address_is_erased(&stage);
}

/// A customer writes, one of ours answers in the console, the customer replies, one of ours answers by mail.
async fn one_thread_from_end_to_end(stage: &mut Stage) {
    stage.arrives("desk", &corpus::plain("first", "Cora@ACME.example", "Re: The shop is slow", "Since eight.\r\n-- \r\nCora"));
    let incident = stage.incident("The shop is slow").await;
    let id = &incident["id"];
    let number = format!("[INC-{}]", incident["number"]);
    assert_eq!(incident["customer"]["display"]["en"], "Acme Group", "{incident}");
    let notes = stage.notes(id).await;
    assert_eq!((notes.len(), notes[0]["text"].as_str(), notes[0]["data"]["medium"].as_str()), (1, Some("Since eight."), Some("mail")));
    assert_eq!(notes[0]["data"]["by_agent"], false);
    assert_eq!(notes[0]["actor"]["display"], "Cora");
    let mails = stage.mails(id).await;
    assert_eq!(mails["answers_to"][0]["address"], "cora@acme.example");
    assert_eq!(mails["mails"][0]["folded"], "-- \nCora");
    // Once, that we have it; a machine wrote it.
    let told = stage.sent("the acknowledgement", |mail| mail.header("Auto-Submitted").as_deref() == Some("auto-replied")).await;
    assert_eq!(
        (told.to.as_slice(), told.header("In-Reply-To").as_deref()),
        (&["cora@acme.example".to_owned()][..], Some("<first@acme.example>"))
    );
    assert!(told.header("Subject").unwrap().contains(&number), "{:?}", told.header("Subject"));
    // The answer goes to her, in the thread, from the desk's address.
    let path = format!("/api/v1/incidents/{}/notes", id.as_str().unwrap());
    stage.client.post(&path, &json!({ "visibility": "internal", "text": "internal only" })).await;
    stage.client.post(&path, &json!({ "visibility": "public", "text": "Please try again." })).await;
    let answer = stage.sent("the answer", |mail| mail.text().contains("Please try again.")).await;
    assert_eq!(answer.header("In-Reply-To").as_deref(), Some("<first@acme.example>"));
    assert_eq!(answer.header("Auto-Submitted").as_deref(), Some("no"));
    assert!(answer.header("From").unwrap().contains("desk@keel.example"));
    assert!(answer.header("References").unwrap().contains("<first@acme.example>"));
    assert!(!stage.smtp.mails().iter().any(|mail| mail.text().contains("internal only")));
    let responded = stage.client.get(&format!("/api/v1/incidents/{}", id.as_str().unwrap())).await;
    assert!(responded["responded_at"].is_string());
    // Her reply lands in the same incident, without what it quotes; so does one whose mailer knows the tag alone.
    let ours = answer.header("Message-ID").unwrap();
    let reply = corpus::mail(
        "reply",
        "cora@acme.example",
        &format!("Re: The shop is slow {number}"),
        &format!("In-Reply-To: {ours}\r\nReferences: {ours}\r\n"),
        "Better now.\r\n\r\nOn Monday, Desk wrote:\r\n> Please try again.",
    );
    stage.arrives("desk", &reply);
    stage.arrives("desk", &corpus::plain("tagged", "cora@acme.example", &format!("again {number}"), "By the tag."));
    until("both replies", LONG, || async { (stage.notes(id).await.len() == 5).then_some(()) }).await;
    let said: Vec<String> = stage.notes(id).await.iter().map(|note| note["text"].as_str().unwrap().to_owned()).collect();
    assert!(said.contains(&"Better now.".to_owned()) && said.contains(&"By the tag.".to_owned()), "{said:?}");
    // One of ours answers by mail: it is a public note of ours, and she gets it.
    let by_mail = corpus::mail("li", "li@keel.example", &format!("Re: {number}"), &format!("In-Reply-To: {ours}\r\n"), "Fixed by hand.");
    stage.arrives("desk", &by_mail);
    let passed_on = stage.sent("the answer by mail", |mail| mail.text().contains("Fixed by hand.")).await;
    assert_eq!(passed_on.to, ["cora@acme.example"]);
    assert!(stage.notes(id).await.iter().any(|note| note["text"] == "Fixed by hand." && note["data"]["by_agent"] == true));
    // Somebody of another customer who learned the thread may not write there.
    let foreign = corpus::mail("carl", "carl@globex.example", "Re: shop", &format!("In-Reply-To: {ours}\r\n"), "Let me in.");
    stage.arrives("desk", &foreign);
    until("the mail that may not", LONG, || async {
        stage.standing("held").await.iter().any(|mail| mail["reason"] == "not_allowed").then_some(())
    })
    .await;
    // Nor may whoever writes as one of ours, and knows no more of it than its number.
    let number = stage.client.get(&format!("/api/v1/incidents/{}", id.as_str().unwrap())).await["number"].clone();
    stage.arrives("desk", &corpus::plain("forged", "li@keel.example", &format!("Re: [INC-{number}] shop"), "Pay here instead."));
    until("the mail that is not proved", LONG, || async {
        let held = stage.standing("held").await;
        held.iter().any(|mail| mail["reason"] == "not_allowed" && mail["address"] == "li@keel.example").then_some(())
    })
    .await;
    // Resolved and answered: it comes back by the agreement's rule. Closed: it begins anew, linked.
    let act = format!("/api/v1/incidents/{}", id.as_str().unwrap());
    stage.client.post(&format!("{act}/resolve"), &json!({ "reason": "fixed" })).await;
    stage.arrives("desk", &corpus::mail("back", "cora@acme.example", "Re: x", &format!("In-Reply-To: {ours}\r\n"), "It is back."));
    until("the re-opening", LONG, || async { (stage.client.get(&act).await["state"] == "reopened").then_some(()) }).await;
    stage.client.post(&format!("{act}/resolve"), &json!({ "reason": "fixed" })).await;
    stage.client.post(&format!("{act}/close"), &json!({})).await;
    stage.arrives("desk", &corpus::mail("late", "cora@acme.example", "Re: x", &format!("In-Reply-To: {ours}\r\n"), "Back once more."));
    let successor = until("the successor", LONG, || async {
        stage.incidents().await.into_iter().find(|other| other["title"] == "The shop is slow" && other["id"] != *id)
    })
    .await;
    assert_eq!(stage.mails(&successor["id"]).await["answers_to"][0]["address"], "cora@acme.example");
    assert_eq!(stage.client.get(&act).await["state"], "closed");
}

/// What one of ours gives with a public word goes along, byte by byte and by its own name; a picture stands in the text; what is
/// too large for a mail stays, and the mail says where. What one of ours mails with files is passed on with them.
async fn answers_carry_files(stage: &mut Stage) {
    stage.arrives("desk", &corpus::plain("files", "cora@acme.example", "Which form is it?", "Please send it."));
    let id = stage.incident("Which form is it?").await["id"].as_str().unwrap().to_owned();
    let mut given = Vec::new();
    for (name, media_type, bytes) in [
        ("%E6%8A%A5%E9%94%80%20%282026%29.bin", "application/octet-stream", corpus::ZIP.to_vec()),
        // To a server a line of one dot is a mail's end.
        ("notes.txt", "text/plain", b"one\n.\nQUIT\n".to_vec()),
        ("screen.png", "image/png", b"\x89PNG\r\n\x1a\n not looked into".to_vec()),
        ("dump.bin", "application/octet-stream", vec![7; 11 << 20]),
    ] {
        let path = format!("/api/v1/incidents/{id}/attachments?name={name}");
        given.push(stage.client.give(&path, media_type, bytes).await["id"].clone());
    }
    let note = json!({ "visibility": "public", "text": "Here it is.", "attachments": given });
    stage.client.post(&format!("/api/v1/incidents/{id}/notes"), &note).await;
    let mail = stage.sent("the answer with files", |mail| mail.text().contains("Here it is.")).await;
    let parts = mail.parts();
    let named = |name: &str| parts.iter().find(|part| part.head.contains(name)).unwrap_or_else(|| panic!("{name}: {}", mail.raw));
    // RFC 2231: the name whole, in percents of UTF-8.
    let form = named("%E6%8A%A5%E9%94%80%20%282026%29.bin");
    assert!(form.head.contains("filename*") && form.head.contains("attachment"), "{}", form.head);
    assert_eq!(form.bytes(), corpus::ZIP);
    assert_eq!(named("notes.txt").bytes(), b"one\n.\nQUIT\n");
    let picture = named("screen.png");
    assert!(picture.head.contains("inline") && picture.head.contains("image/png"), "{}", picture.head);
    let shown = picture.head.lines().find_map(|line| line.strip_prefix("Content-ID: <")?.strip_suffix('>')).unwrap();
    assert!(mail.text().contains(&format!("cid:{shown}")), "{}", mail.text());
    assert!(!parts.iter().any(|part| part.head.contains("dump.bin")), "eleven megabytes are too many");
    let link = mail.link(&id).unwrap();
    assert!(mail.text().contains("dump.bin (11.0 MiB)") && link.ends_with(&format!("/incidents/{id}")), "{link}");
    // The same by mail, from one of ours.
    let ours = mail.header("Message-ID").unwrap();
    let by_mail = corpus::reply_with_file("li-file", "li@keel.example", &ours, "form.zip", corpus::ZIP);
    stage.arrives("desk", &by_mail);
    let passed_on = stage.sent("the file of one of ours", |mail| mail.raw.contains("form.zip")).await;
    let file = passed_on.parts().into_iter().find(|part| part.head.contains("form.zip")).unwrap();
    assert_eq!((passed_on.to.as_slice(), file.bytes().as_slice()), (&["cora@acme.example".to_owned()][..], corpus::ZIP));
}

/// The next server knows nobody of that address: Postfix writes to us that our mail did not arrive, and the ticket says so.
async fn what_cannot_be_delivered_comes_back(stage: &mut Stage) {
    if stage.postfix.is_none() {
        return;
    }
    stage.smtp.refuse("gone@else.example");
    stage.arrives("desk", &corpus::plain("gone", "gone@else.example", "I am as good as gone", "Hello."));
    let id = stage.incident("I am as good as gone").await["id"].clone();
    let remarks = |wanted: usize| {
        let (stage, id) = (&*stage, &id);
        until("what Postfix says", LONG, move || async move {
            let notes = stage.notes(id).await;
            let remarks: Vec<Value> = notes.into_iter().filter(|note| note["data"]["medium"] == "auto").collect();
            (remarks.len() == wanted).then_some(remarks)
        })
    };
    // First of our acknowledgement, then of the answer.
    remarks(1).await;
    let path = format!("/api/v1/incidents/{}/notes", id.as_str().unwrap());
    stage.client.post(&path, &json!({ "visibility": "public", "text": "Are you there?" })).await;
    for remark in remarks(2).await {
        let said = remark["text"].as_str().unwrap();
        assert!(said.contains("mx.keel.example") && said.contains("550"), "{said}");
        assert_eq!(remark["data"]["visibility"], "internal");
    }
    let mails = stage.mails(&id).await;
    let bounces = mails["mails"].as_array().unwrap().iter().filter(|mail| mail["kind"] == "bounce").count();
    assert_eq!(bounces, 2, "{mails}");
    let after = stage.client.get(&format!("/api/v1/incidents/{}", id.as_str().unwrap())).await;
    assert_eq!(after["state"], "new", "a bounce moves no state");
}

/// How often a rule writes to one sender within the hour, at the most.
const AUTOMATIC_MAX: usize = 5;

/// What a rule says publicly goes to whoever wrote, as a machine's; a machine's answer to it moves no rule, and a machine that
/// does not say that it is one is not answered without end.
async fn what_a_rule_says_is_mailed_and_no_two_machines_talk_without_end(stage: &mut Stage) {
    stage.arrives("desk", &corpus::plain("ruled", "rita@acme.example", "a ruleword for you", "Hello."));
    let incident = stage.incident("a ruleword for you").await;
    let number = format!("INC-{}", incident["number"]);
    let answer = stage.sent("the rule's answer", |mail| mail.text().contains("A rule answers")).await;
    assert!(answer.text().contains(&format!("A rule answers {number}")), "{}", answer.text());
    assert_eq!(answer.to, ["rita@acme.example"]);
    assert_eq!(answer.header("Auto-Submitted").as_deref(), Some("auto-replied"));
    assert_eq!(answer.header("In-Reply-To").as_deref(), Some("<ruled@acme.example>"));
    let shown = stage.client.get(&format!("/api/v1/incidents/{}", incident["id"].as_str().unwrap())).await;
    assert_eq!(shown["responded_at"], Value::Null, "a machine's word is no first response");
    let ours = answer.header("Message-ID").unwrap();
    let reply = |id: &str, more: &str, text: &str| {
        corpus::mail(id, "rita@acme.example", "Re: a ruleword for you", &format!("In-Reply-To: {ours}\r\n{more}"), text)
    };
    // One that says what it is: it is a remark, and no rule hears it.
    stage.arrives("desk", &reply("away", "Auto-Submitted: auto-replied\r\n", "I am away."));
    until("the remark", LONG, || async {
        stage.notes(&incident["id"]).await.iter().any(|note| note["text"] == "I am away.").then_some(())
    })
    .await;
    // And one that does not.
    for n in 0..8 {
        stage.arrives("desk", &reply(&format!("robot{n}"), "", &format!("Your mail {n} was received.")));
    }
    until("the rule to have thanked for each", LONG, || async {
        let notes = stage.notes(&incident["id"]).await;
        (notes.iter().filter(|note| note["text"] == "A rule thanks").count() == 8).then_some(())
    })
    .await;
    until("every mail to have left", LONG, || async {
        let health = stage.client.get("/api/v1/health").await;
        let idle = health["outbox"]["queued"] == 0 && health["consumers"].as_array()?.iter().all(|consumer| consumer["lag"] == 0);
        idle.then_some(())
    })
    .await;
    let mails = stage.mails(&incident["id"]).await;
    let by_rules = mails["mails"].as_array().unwrap().iter().filter(|mail| mail["kind"] == "auto_answer").count();
    assert_eq!(by_rules, AUTOMATIC_MAX, "two machines write to each other: {mails}");
    // What has left us may still lie with Postfix.
    until("all of them to arrive", LONG, || async {
        let arrived = stage.smtp.mails().into_iter().filter(|mail| mail.text().contains("A rule ")).count();
        (arrived == AUTOMATIC_MAX).then_some(())
    })
    .await;
}

async fn held_mail_is_decided_by_hand(stage: &mut Stage) {
    for (id, subject) in [("h1", "let me in"), ("h2", "buy now")] {
        stage.arrives("strict", &corpus::mail(id, "stranger@else.example", subject, "To: strict@keel.example\r\n", "Hello."));
    }
    let held = until("two strangers", LONG, || async {
        let held: Vec<Value> = stage.standing("held").await.into_iter().filter(|mail| mail["mailbox"] == "strict").collect();
        (held.len() == 2).then_some(held)
    })
    .await;
    let of = |subject: &str| held.iter().find(|mail| mail["subject"] == subject).unwrap()["id"].as_str().unwrap().to_owned();
    let taken = stage.client.post(&format!("/api/v1/mails/{}/take", of("let me in")), &json!({})).await;
    let incident = stage.client.get(&format!("/api/v1/incidents/{}", taken["incident_id"].as_str().unwrap())).await;
    assert_eq!((incident["title"].as_str(), &incident["customer"]), (Some("let me in"), &Value::Null));
    stage.client.post(&format!("/api/v1/mails/{}/discard", of("buy now")), &json!({})).await;
    let (status, _) = stage.client.send("POST", &format!("/api/v1/mails/{}/take", of("buy now")), Some(&json!({}))).await;
    assert_eq!(status, 409, "what was discarded stays so");
}

struct Counts {
    incidents: usize,
    taken: usize,
    kept: usize,
    ignored: usize,
}

impl Counts {
    async fn of(stage: &Stage) -> Self {
        let (held, parked) = (stage.standing("held").await.len(), stage.standing("parked").await.len());
        assert_eq!(parked, 0, "{:?}", stage.standing("parked").await);
        Self {
            incidents: stage.incidents().await.len(),
            taken: stage.standing("taken").await.len(),
            kept: held,
            ignored: stage.standing("ignored").await.len(),
        }
    }
}

async fn settled(stage: &Stage, before: usize, expected: &Expected) {
    let wanted = before + expected.taken + expected.held;
    let seen = std::sync::Mutex::new(String::new());
    let done = tokio::time::timeout(LONG * 2, async {
        loop {
            let now = Counts::of(stage).await;
            *seen.lock().unwrap() = format!("{} taken, {} held, {} ignored", now.taken, now.kept, now.ignored);
            let queued = stage.standing("queued").await.len();
            if now.taken + now.kept >= wanted && queued == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    })
    .await;
    if done.is_err() {
        let mailboxes = stage.client.get("/api/v1/mailboxes").await;
        panic!("wanted {wanted} mails, got {}; mailboxes: {mailboxes}", seen.lock().unwrap());
    }
    // Whatever would be doubled has its time.
    tokio::time::sleep(Duration::from_secs(2)).await;
}

async fn expected_is_so(stage: &Stage, before: &Counts, now: &Counts, expected: &Expected) {
    let incidents = stage.incidents().await;
    let titles: Vec<&str> = incidents.iter().map(|incident| incident["title"].as_str().unwrap()).collect();
    for title in &expected.titles {
        assert_eq!(titles.iter().filter(|known| *known == title).count(), 1, "{title}");
    }
    assert_eq!(now.incidents - before.incidents, expected.incidents + 1, "incidents");
    assert_eq!(now.taken - before.taken, expected.taken + 1, "taken");
    assert_eq!(now.kept - before.kept, expected.held, "held");
    assert_eq!(now.ignored - before.ignored, expected.ignored, "ignored");
    for (title, wanted) in &expected.notes {
        let incident = incidents.iter().find(|incident| incident["title"] == *title).unwrap();
        let notes = stage.notes(&incident["id"]).await;
        assert_eq!(notes.len(), *wanted, "{title}: {notes:?}");
        assert_eq!(incident["state"], "new", "machines and customers move nothing that is open: {title}");
    }
    files(stage, &incidents).await;
}

/// Files come whole, and as downloads; what is too large is named.
async fn files(stage: &Stage, incidents: &[Value]) {
    let of = |title: &str| incidents.iter().find(|incident| incident["title"] == title).unwrap_or_else(|| panic!("{title}"))["id"].clone();
    let zip = stage.mails(&of("with a zip")).await;
    let file = &zip["mails"][0]["attachments"][0];
    assert_eq!((file["name"].as_str(), file["bytes"].as_u64()), (Some("logs.zip"), Some(corpus::ZIP.len() as u64)));
    let bytes = stage.client.bytes(&format!("/api/v1/attachments/{}", file["id"].as_str().unwrap())).await;
    assert_eq!(bytes, corpus::ZIP);
    let winmail = stage.mails(&of("with winmail.dat")).await;
    assert_eq!(winmail["mails"][0]["attachments"][0]["name"], "winmail.dat");
    let large = of("with 30 MB");
    assert!(stage.notes(&large).await[0]["text"].as_str().unwrap().contains("huge.bin"));
    let script = stage.notes(&of("with a script")).await;
    let said = script[0]["text"].as_str().unwrap();
    assert!(said.contains("It hurts") && !said.contains("alert(") && !said.contains('<'), "{said}");
    let customer = stage.setup.sign_in_as("carl").await;
    let (status, _) = customer.send("GET", &format!("/api/v1/attachments/{}", file["id"].as_str().unwrap()), None).await;
    assert_eq!(status, 404, "another customer's file does not exist");
}

/// One mail for each answer and each acknowledgement, none to a machine, one acknowledgement a sender.
fn each_mail_left_once(stage: &Stage) {
    let mails = stage.smtp.mails();
    let mut by_id: BTreeMap<String, Vec<&Mail>> = BTreeMap::new();
    for mail in &mails {
        by_id.entry(mail.header("Message-ID").unwrap()).or_default().push(mail);
    }
    let repeats = mails.len() - by_id.len();
    // A kill between the server's "250" and our reading of it repeats a mail under its own Message-ID (ADR 4).
    assert!(repeats <= KILLS as usize, "{repeats} of {} mails left twice", mails.len());
    let mut acknowledged: BTreeMap<&str, usize> = BTreeMap::new();
    let automatic = |mail: &&Mail| mail.header("Auto-Submitted").as_deref() == Some("auto-replied") && !mail.text().contains("A rule ");
    for mail in by_id.values().map(|same| same[0]).filter(automatic) {
        *acknowledged.entry(mail.to[0].as_str()).or_default() += 1;
        assert!(!mail.to.iter().any(|to| to.contains("mailer-daemon") || to.contains("news")), "a machine: {:?}", mail.to);
        // What stood encoded in a subject became no field.
        assert_eq!((mail.to.len(), mail.header("Bcc")), (1, None));
        assert_eq!(mail.header("X-Evenkeel-Loop").as_deref().map(|mark| mark.ends_with("@keel.example")), Some(true));
    }
    assert!(acknowledged.values().all(|times| *times == 1), "{acknowledged:?}");
    assert!(acknowledged.contains_key("cora@acme.example") && acknowledged.contains_key("stranger0@else.example"), "{acknowledged:?}");
}

fn an_address_is_erased(stage: &Stage) {
    let ask = |more: &[&str]| {
        let mut args = vec!["erase", "--sender", "Stranger@else.example", "--by", "han", "--reason", "request"];
        args.extend(more);
        stage.setup.run(&args)
    };
    let shown = process::said(&ask(&[]));
    assert!(shown.contains("nothing was changed"), "{shown}");
    let done = ask(&["--yes"]);
    assert!(done.status.success(), "{}", process::said(&done));
    assert!(process::said(&ask(&[])).contains("0 mails"), "{}", process::said(&ask(&[])));
    let verified = stage.setup.run(&["ledger", "verify"]);
    assert!(verified.status.success(), "{}", process::said(&verified));
}
