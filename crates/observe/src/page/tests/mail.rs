use evenkeel_core::state::IncidentState;
use evenkeel_store::{Channel, Delivery, Message, outbox, params};

use super::{
    house::{House, on_both},
    smtp::{Mood, Protection, Server},
};
use crate::page::{MailChannel, MailSettings, MailTls, SmtpSettings, port::Locale};

fn channel(house: &House, server: &Server, tls: MailTls, password: Option<&str>) -> MailChannel {
    let settings = SmtpSettings {
        host: "localhost".to_owned(),
        port: Some(server.port),
        tls,
        credentials: password.map(|password| ("evenkeel".to_owned(), password.to_owned())),
        extra_roots: vec![server.root.clone()],
    };
    MailChannel::new(house.composer(), "稳舵 <keel@keel.example>", MailSettings::Smtp(settings)).unwrap()
}

async fn fire(house: &House) -> Message {
    house.rota(&["an", "bo"]).await;
    house.opens().await;
    claim(house).await
}

async fn claim(house: &House) -> Message {
    outbox::claim(&house.test.db, "mail", "test", 1).await.unwrap().remove(0)
}

fn header<'a>(mail: &'a str, name: &str) -> &'a str {
    mail.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_else(|| panic!("no {name} in {mail}"))
}

/// The readable text: quoted-printable undone.
fn readable(mail: &str) -> String {
    let joined = mail.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'=', [a, b, after @ ..]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                bytes.push(u8::from_str_radix(&format!("{}{}", char::from(*a), char::from(*b)), 16).unwrap());
                rest = after;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_mail_reaches_a_real_server_and_its_link_acknowledges() {
    on_both(|house| async move {
        let server = Server::start(Protection::None, None).await;
        let message = fire(&house).await;
        let delivery = channel(&house, &server, MailTls::None, None).deliver(&message).await;
        let Delivery::Sent { receipt } = delivery else { panic!("{delivery:?}") };
        assert_eq!(receipt, "250 2.0.0 Ok: queued as 42");
        let mail = readable(&server.mails.lock().unwrap()[0]);
        assert!(mail.contains("You are on call"), "{mail}");
        assert!(mail.contains("2026-03-02 09:00:00 +08:00"));
        assert_eq!(header(&mail, "To"), "an <an@shop.example>");
        assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
        let link = mail.lines().find(|line| line.starts_with("https://keel.example/ack?token=")).unwrap();
        let token = link.trim().split('=').nth(1).unwrap();
        let mut tx = house.test.db.write().await.unwrap();
        crate::page::acknowledge(&mut tx, &house.escalation(), token, crate::page::Answer::Acknowledge).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(house.run_state().await, "taken");
    })
    .await;
}

#[tokio::test]
async fn starttls_and_tls_and_a_password_work() {
    on_both(|house| async move {
        let message = fire(&house).await;
        // base64 of "\0evenkeel\0secret"
        let plain = "AGV2ZW5rZWVsAHNlY3JldA==";
        for (protection, tls) in [(Protection::Starttls, MailTls::Starttls), (Protection::Tls, MailTls::Tls)] {
            let server = Server::start(protection, Some(plain)).await;
            let delivery = channel(&house, &server, tls, Some("secret")).deliver(&message).await;
            assert!(matches!(delivery, Delivery::Sent { .. }), "{tls:?}: {delivery:?}");
            let delivery = channel(&house, &server, tls, Some("wrong")).deliver(&message).await;
            assert!(matches!(delivery, Delivery::Retry { .. }), "a wrong password can be mended: {delivery:?}");
        }
        let server = Server::start(Protection::None, None).await;
        let delivery = channel(&house, &server, MailTls::Starttls, None).deliver(&message).await;
        assert!(!matches!(delivery, Delivery::Sent { .. }), "STARTTLS is required, never a wish");
        assert!(server.mails.lock().unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again_and_one_for_good_is_not() {
    on_both(|house| async move {
        let server = Server::start(Protection::None, None).await;
        let channel = channel(&house, &server, MailTls::None, None);
        let message = fire(&house).await;
        for (mood, dead) in [(Mood::NotNow, false), (Mood::Never, true), (Mood::TakesAndDrops, false)] {
            *server.mood.lock().unwrap() = mood;
            let delivery = channel.deliver(&message).await;
            assert_eq!(matches!(delivery, Delivery::Dead { .. }), dead, "{mood:?}: {delivery:?}");
            assert_eq!(matches!(delivery, Delivery::Retry { .. }), !dead, "{mood:?}: {delivery:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_mail_sent_again_after_a_crash_has_the_same_message_id() {
    on_both(|house| async move {
        let server = Server::start(Protection::None, None).await;
        let channel = channel(&house, &server, MailTls::None, None);
        *server.mood.lock().unwrap() = Mood::TakesAndDrops;
        let message = fire(&house).await;
        channel.deliver(&message).await;
        *server.mood.lock().unwrap() = Mood::Takes;
        channel.deliver(&message).await;
        let mails = server.mails.lock().unwrap().clone();
        assert_eq!(mails.len(), 2);
        for name in ["Message-ID", "Date", "X-Evenkeel-Reason", "In-Reply-To"] {
            assert_eq!(header(&mails[0], name), header(&mails[1], name));
        }
        assert!(header(&mails[0], "Message-ID").ends_with("@keel.example>"));
    })
    .await;
}

#[tokio::test]
async fn the_end_is_told_in_the_person_s_language_with_the_cause() {
    on_both(|house| async move {
        let server = Server::start(Protection::None, None).await;
        let channel = channel(&house, &server, MailTls::None, None);
        house.change("an", |card| card.locale = Locale::Zh);
        *house.book.title.lock().unwrap() = "首页\r\nBcc: all@shop.example <b>打不开</b>".to_owned();
        house.rota(&["an"]).await;
        house.opens().await;
        house.deliver_by(&channel).await;
        house.moves(IncidentState::Resolved, "recovered").await;
        house.deliver_by(&channel).await;
        let mails: Vec<_> = server.mails.lock().unwrap().iter().map(|mail| readable(mail)).collect();
        assert!(mails[0].contains("你正在值班") && mails[0].contains("我来处理"));
        assert!(mails[1].contains("监测到已恢复") && !mails[1].contains("/ack?token="));
        assert!(!mails[0].contains("\nBcc:"), "a title cannot add a header");
        assert!(mails[0].contains("&lt;b&gt;"), "a title cannot add markup");
        assert_eq!(header(&mails[0], "References"), header(&mails[1], "References"));
    })
    .await;
}

#[tokio::test]
async fn without_a_server_mails_are_files_and_the_same_key_is_the_same_file() {
    on_both(|house| async move {
        let folder = tempfile::tempdir().unwrap();
        let channel = MailChannel::new(house.composer(), "keel@keel.example", MailSettings::Folder(folder.path().join("mail"))).unwrap();
        let message = fire(&house).await;
        channel.deliver(&message).await;
        let delivery = channel.deliver(&message).await;
        let files: Vec<_> = std::fs::read_dir(folder.path().join("mail")).unwrap().map(|f| f.unwrap().file_name()).collect();
        assert_eq!(files.len(), 1);
        assert_eq!(delivery, Delivery::Sent { receipt: format!("file {}", files[0].to_string_lossy()) });
    })
    .await;
}

#[tokio::test]
async fn a_person_who_left_meanwhile_gets_no_mail() {
    on_both(|house| async move {
        let server = Server::start(Protection::None, None).await;
        let message = fire(&house).await;
        house.change("an", |card| card.active = false);
        let delivery = channel(&house, &server, MailTls::None, None).deliver(&message).await;
        assert!(matches!(delivery, Delivery::Dead { .. }));
        assert!(server.mails.lock().unwrap().is_empty());
        let mut tx = house.test.db.write().await.unwrap();
        assert_eq!(tx.execute("DELETE FROM page_token", params![]).await.unwrap(), 0, "and no token was made");
    })
    .await;
}

#[tokio::test]
async fn what_a_machine_opened_is_named_in_the_person_s_language() {
    on_both(|house| async move {
        let server = Server::start(Protection::None, None).await;
        let channel = channel(&house, &server, MailTls::None, None);
        house.change("an", |card| card.locale = Locale::Zh);
        let title = evenkeel_core::definition::Bilingual {
            zh: "商店不可用：超时".to_owned(),
            en: "Shop is unavailable: timeout".to_owned(),
        };
        *house.book.title.lock().unwrap() = evenkeel_core::title::both(&title);
        house.rota(&["an"]).await;
        house.opens().await;
        house.deliver_by(&channel).await;
        let mails: Vec<_> = server.mails.lock().unwrap().iter().map(|mail| readable(mail)).collect();
        assert!(mails[0].contains("商店不可用：超时") && !mails[0].contains("unavailable"), "{}", mails[0]);
        assert!(mails[0].contains("打开事件"), "the console's word for an incident");
    })
    .await;
}
