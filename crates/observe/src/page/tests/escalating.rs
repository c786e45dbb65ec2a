use evenkeel_core::{Actor, event::manage::Acknowledged, event::manage::Origin, state::IncidentState};
use evenkeel_store::Delivery;

use super::house::{on_both, person};

#[tokio::test]
async fn the_person_on_call_is_told_over_each_of_their_channels() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.change("an", |card| card.webhook = Some("http://hooks.example/an".to_owned()));
        house.opens().await;
        house.deliver().await;
        assert_eq!(house.story().await, ["1.1 an mail firing sent", "1.1 an webhook firing sent"]);
        assert_eq!(house.events().await, ["page.queued", "page.queued", "page.delivered", "page.delivered"]);
    })
    .await;
}

#[tokio::test]
async fn seeing_the_events_again_tells_nobody_again() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.opens().await;
        house.consume_again().await;
        house.moves(IncidentState::Resolved, "recovered").await;
        house.deliver().await;
        let once = house.story().await;
        assert_eq!(once, ["1.1 an mail firing sent", "1.1 an mail resolved sent"]);
        assert_eq!(house.mail.messages.lock().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn nobody_answers_so_the_next_is_told_then_the_owner_then_everyone_once_more() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.opens().await;
        for _ in 0..10 {
            house.wait(300).await;
        }
        assert_eq!(
            house.story().await,
            [
                "1.1 an mail firing queued",
                "1.2 bo mail firing queued",
                "1.3 owner mail firing queued",
                "2.1 an mail firing queued",
                "2.2 bo mail firing queued",
                "2.3 owner mail firing queued",
            ]
        );
        assert_eq!(house.run_state().await, "exhausted");
        let nobody = house.events().await.into_iter().filter(|kind| kind == "page.nobody").count();
        assert_eq!(nobody, 2, "each round's end is told");
    })
    .await;
}

#[tokio::test]
async fn not_a_second_before_the_limit() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.opens().await;
        house.wait(299).await;
        assert_eq!(house.pages().await.len(), 1);
        house.wait(1).await;
        assert_eq!(house.pages().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_acknowledgement_in_the_console_ends_the_escalation() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.opens().await;
        let by = Acknowledged { person_id: person("an"), via: "console".to_owned() };
        house.happens(Actor::person(person("an")), &by).await;
        house.wait(3_600).await;
        let pages = house.pages().await;
        assert_eq!(pages.len(), 1);
        assert!(pages[0].acknowledged_at.is_some());
        assert_eq!(house.run_state().await, "taken");
    })
    .await;
}

#[tokio::test]
async fn who_cannot_be_told_is_passed_over_at_once() {
    on_both(|house| async move {
        house.rota(&["an", "bo", "cai"]).await;
        house.change("an", |card| card.mail = None);
        house.change("bo", |card| card.active = false);
        house.opens().await;
        assert_eq!(house.story().await, ["1.3 cai mail firing queued"]);
        assert_eq!(house.events().await, ["page.nobody", "page.nobody", "page.queued"]);
    })
    .await;
}

#[tokio::test]
async fn a_dead_letter_tells_the_next_at_once() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        *house.mail.answer.lock().unwrap() = Delivery::Dead { error: "550 no such user".to_owned() };
        house.opens().await;
        house.deliver().await;
        house.wait(0).await;
        assert_eq!(house.story().await, ["1.1 an mail firing dead", "1.2 bo mail firing queued"]);
        assert_eq!(house.events().await, ["page.queued", "page.failed", "page.queued"]);
    })
    .await;
}

#[tokio::test]
async fn without_a_rota_the_owner_is_told() {
    on_both(|house| async move {
        house.opens().await;
        assert_eq!(house.story().await, ["1.1 owner mail firing queued"]);
    })
    .await;
}

#[tokio::test]
async fn when_nobody_at_all_can_be_told_it_says_so_and_looks_again_each_round() {
    on_both(|house| async move {
        house.rota(&["an"]).await;
        house.change("an", |card| card.mail = None);
        house.change("owner", |card| card.mail = None);
        house.opens().await;
        assert!(house.pages().await.is_empty());
        assert_eq!(house.run_state().await, "paging");
        house.change("an", |card| card.mail = Some("an@shop.example".to_owned()));
        house.rota(&["an", "bo"]).await;
        for _ in 0..5 {
            house.wait(300).await;
        }
        assert_eq!(house.run_state().await, "exhausted");
        assert!(house.events().await.iter().all(|kind| kind == "page.nobody"));
    })
    .await;
}

#[tokio::test]
async fn an_imported_incident_pages_nobody() {
    on_both(|house| async move {
        house.rota(&["an"]).await;
        house.opens_from(Origin::Import { external_id: "7".to_owned() }).await;
        house.moves(IncidentState::Resolved, "fixed").await;
        house.moves(IncidentState::Reopened, "").await;
        assert!(house.pages().await.is_empty());
    })
    .await;
}
