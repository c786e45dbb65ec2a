//! What a house with browsers among its ways does besides.

use super::*;
use crate::page::{
    BrowserChannel,
    push::{HouseKey, Subscription, SubscriptionDraft},
};

/// The key of a browser: the receiver's of RFC 8291, appendix A.
const P256DH: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

/// A browser whose push service is `sink`.
pub fn subscription(sink: &Sink, name: &str) -> Subscription {
    let (p256dh, auth) = (P256DH.to_owned(), "BTBZMqHH6r4Tts7J_aSIgg".to_owned());
    SubscriptionDraft { endpoint: format!("{}/{name}", sink.url), p256dh, auth }.try_into().unwrap()
}

impl House {
    /// Adds a browser to the ways of a person.
    pub async fn browser(&self, name: &str, subscription: &Subscription) -> Result<contact::Method, StoreError> {
        let mut tx = self.test.db.write().await?;
        let way = contact::add_browser(&mut tx, self.book.as_ref(), self.test.tenant, person(name), subscription).await?;
        tx.commit().await?;
        Ok(way)
    }

    /// Delivers what is due to browsers, for real.
    pub async fn deliver_browsers(&self) {
        self.deliver_by(&BrowserChannel::new(self.test.db.clone(), self.composer(), AddressPolicy::default()).unwrap()).await;
    }

    /// All ways of a person: channel, and whether it is gone.
    async fn all_ways(&self, name: &str) -> Vec<(String, bool)> {
        let mut sql = self.test.db.read().await.unwrap();
        let ways = contact::all_methods(&mut sql, self.book.as_ref(), self.test.tenant, person(name)).await.unwrap();
        ways.into_iter().map(|way| (way.channel, way.gone_at.is_some())).collect()
    }
}

fn header<'a>(taken: &'a Taken, name: &str) -> &'a str {
    taken.headers[name].to_str().unwrap()
}

#[tokio::test]
async fn a_push_carries_what_the_push_service_needs_and_nothing_that_it_could_read() {
    on_both(|house| async move {
        let sink = Sink::start(json!(null)).await;
        house.rota(&["an"]).await;
        house.browser("an", &subscription(&sink, "an")).await.unwrap();
        house.opens().await;
        house.deliver_browsers().await;
        assert_eq!(house.story().await, ["1.1 an browser firing sent", "1.1 an mail firing queued"], "beside what is declared");
        let fired = sink.taken.lock().unwrap()[0].clone();
        assert_eq!((header(&fired, "ttl"), header(&fired, "urgency")), ("3600", "high"));
        assert_eq!(header(&fired, "content-encoding"), "aes128gcm");
        let key = HouseKey::of(&house.test.db, house.test.tenant).await.unwrap().public();
        assert!(
            header(&fired, "authorization").starts_with("vapid t=") && header(&fired, "authorization").ends_with(&format!(", k={key}"))
        );
        assert!(!fired.body.contains("INC-") && fired.headers.values().all(|value| !value.to_str().unwrap().contains("1042")));
        house.moves(IncidentState::Resolved, "fixed").await;
        house.deliver_browsers().await;
        let ended = sink.taken.lock().unwrap()[1].clone();
        assert_eq!(header(&ended, "topic"), header(&fired, "topic"), "the end takes the page's place");
        assert_eq!((header(&ended, "ttl"), header(&ended, "urgency")), ("86400", "normal"));
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_is_off_is_noticed() {
    on_both(|house| async move {
        let sink = Sink::start(json!(null)).await;
        house.rota(&["an"]).await;
        house.ways("an", &[("browser", &subscription(&sink, "an").address(), 1, 5), ("mail", "an@home.example", 2, 5)]).await;
        house.opens().await;
        house.deliver_browsers().await;
        house.wait(59).await;
        assert_eq!(house.pages().await.len(), 1);
        house.wait(1).await;
        assert_eq!(house.story().await, ["1.1 an browser firing undelivered", "1.1 an mail firing queued"]);
    })
    .await;
}

#[tokio::test]
async fn a_browser_says_that_it_shows_a_page_or_that_it_does_not() {
    on_both(|house| async move {
        let sink = Sink::start(json!(null)).await;
        house.rota(&["an"]).await;
        house.ways("an", &[("browser", &subscription(&sink, "an").address(), 1, 5), ("mail", "an@home.example", 2, 5)]).await;
        house.opens().await;
        house.deliver_browsers().await;
        let page = house.pages().await.remove(0);
        let receipt = crate::page::receipt::mint(&house.test.db, house.test.tenant, page.id).await.unwrap();
        let path = format!("/api/v1/page-receipts/{receipt}");
        let form = "application/x-www-form-urlencoded";
        assert_eq!(house.post(&path, form, "state=nonsense").await, StatusCode::NO_CONTENT);
        assert!(house.pages().await[0].delivered_at.is_none());
        assert_eq!(house.post(&path, form, "state=refused").await, StatusCode::NO_CONTENT);
        assert_eq!(house.story().await, ["1.1 an browser firing undelivered", "1.1 an mail firing queued"], "at once");
        assert_eq!(house.post(&path, form, "state=shown").await, StatusCode::NO_CONTENT);
        assert!(house.pages().await.iter().any(|page| page.channel == "browser" && page.delivered_at.is_some()), "late, and there");
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_is_gone_is_passed_over_and_not_asked_again() {
    on_both(|house| async move {
        let sink = Sink::start(json!(null)).await;
        let browser = subscription(&sink, "an");
        house.rota(&["an"]).await;
        house.ways("an", &[("browser", &browser.address(), 1, 5), ("mail", "an@home.example", 2, 5)]).await;
        *sink.answer.lock().unwrap() = (410, String::new());
        house.opens().await;
        house.deliver_browsers().await;
        assert_eq!(house.story().await, ["1.1 an browser firing dead", "1.1 an mail firing queued"]);
        assert_eq!(house.all_ways("an").await, [("browser".to_owned(), true), ("mail".to_owned(), false)], "its person sees it");
        let next = house.opens_another("next").await;
        house.deliver_browsers().await;
        assert_eq!((sink.count(), house.story_of(next).await), (1, vec!["1.1 an mail firing queued".to_owned()]));
        // The same browser, subscribed again.
        *sink.answer.lock().unwrap() = (201, String::new());
        house.browser("an", &browser).await.unwrap();
        assert_eq!(house.all_ways("an").await, [("mail".to_owned(), false), ("browser".to_owned(), false)]);
    })
    .await;
}

#[tokio::test]
async fn whose_browsers_are_all_gone_is_told_over_what_is_declared() {
    on_both(|house| async move {
        let sink = Sink::start(json!(null)).await;
        house.rota(&["an"]).await;
        house.ways("an", &[("browser", &subscription(&sink, "an").address(), 1, 5)]).await;
        *sink.answer.lock().unwrap() = (404, String::new());
        house.opens().await;
        house.deliver_browsers().await;
        assert_eq!(house.story().await[0], "1.1 an browser firing dead");
        let next = house.opens_another("next").await;
        assert_eq!(house.story_of(next).await, ["1.1 an mail firing queued"]);
    })
    .await;
}

#[tokio::test]
async fn another_key_ends_every_subscription() {
    on_both(|house| async move {
        let sink = Sink::start(json!(null)).await;
        let (db, tenant) = (&house.test.db, house.test.tenant);
        let (first, same) = tokio::join!(HouseKey::of(db, tenant), HouseKey::of(db, tenant));
        let first = first.unwrap();
        assert_eq!(first.public(), same.unwrap().public(), "two who ask at once get one key");
        let way = house.browser("an", &subscription(&sink, "an")).await.unwrap();
        assert_eq!(house.browser("an", &subscription(&sink, "an")).await.unwrap().id, way.id, "one browser is one way");
        let mut tx = db.write().await.unwrap();
        contact::renew_key(&mut tx, tenant).await.unwrap();
        tx.commit().await.unwrap();
        assert_ne!(HouseKey::of(db, tenant).await.unwrap().public(), first.public());
        assert!(house.all_ways("an").await.contains(&("browser".to_owned(), true)));
    })
    .await;
}

#[tokio::test]
async fn browsers_of_one_person_are_bounded_and_removed_one_by_one() {
    on_both(|house| async move {
        let sink = Sink::start(json!(null)).await;
        for number in 2..=10 {
            house.browser("an", &subscription(&sink, &number.to_string())).await.unwrap();
        }
        let refused = house.browser("an", &subscription(&sink, "11")).await.unwrap_err().to_failure();
        assert_eq!(refused.code, evenkeel_core::ErrorCode::Invalid);
        let way = house.browser("an", &subscription(&sink, "10")).await.unwrap();
        let remove = async |name: &str| {
            let mut tx = house.test.db.write().await.unwrap();
            let removed = contact::remove(&mut tx, house.book.as_ref(), house.test.tenant, person(name), way.id).await;
            tx.commit().await.unwrap();
            removed
        };
        assert!(remove("bo").await.is_err(), "it is not bo's");
        remove("an").await.unwrap();
        assert!(remove("an").await.is_err(), "it is gone");
        house.browser("an", &subscription(&sink, "11")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_receipt_is_for_all_that_went_in_the_message() {
    on_both(|house| async move {
        house.priority(2);
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, true);
        house.rota(&["an"]).await;
        house.ways("an", &[("sms", "+861", 1, 5), ("mail", "an@home.example", 2, 5)]).await;
        for name in ["first", "second", "third", "fourth"] {
            house.opens_another(name).await;
        }
        house.wait(60).await;
        house.deliver_gateways().await;
        assert_eq!(house.receipt(&sink.bodies()[2], "status=DELIVRD").await, StatusCode::NO_CONTENT);
        house.wait(60).await;
        for name in ["third", "fourth"] {
            let id = evenkeel_core::id::IncidentId::named(name);
            assert_eq!(house.story_of(id).await, ["1.1 an sms firing sent"]);
            assert!(house.pages_of(id).await[0].delivered_at.is_some());
        }
    })
    .await;
}
