//! The notification contract: who was told "firing" is told how it ended, once.

use evenkeel_core::{Actor, event::manage::Merged, id::IncidentId, state::IncidentState};
use evenkeel_store::Delivery;

use super::house::{on_both, person, sent};

#[tokio::test]
async fn everybody_who_was_told_is_told_the_end_once_over_each_channel() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.change("bo", |card| card.webhook = Some("http://hooks.example/bo".to_owned()));
        house.opens().await;
        for _ in 0..4 {
            house.wait(300).await; // an, bo, owner, and an again in round 2
        }
        house.deliver().await;
        house.moves(IncidentState::Resolved, "recovered").await;
        house.moves(IncidentState::Closed, "customer_confirmed").await;
        let ends: Vec<_> = house.story().await.into_iter().filter(|line| !line.contains("firing")).collect();
        assert_eq!(
            ends,
            [
                "2.1 an mail resolved queued",
                "2.2 bo mail resolved queued",
                "2.2 bo webhook resolved queued",
                "2.3 owner mail resolved queued",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn merged_and_cancelled_are_told_as_closed_with_the_reason() {
    on_both(|house| async move {
        house.rota(&["an"]).await;
        house.opens().await;
        let merged = Merged { into: IncidentId::named("survivor") };
        house.happens(Actor::person(person("bo")), &merged).await;
        house.moves(IncidentState::Merged, "merged").await;
        assert_eq!(house.story().await, ["1.1 an mail firing queued", "1.1 an mail closed queued"]);
        house.deliver().await;
        let messages = house.mail.messages.lock().unwrap().clone();
        assert!(messages.iter().any(|message| message.payload.contains(r#""because":"merged""#)), "{messages:?}");
    })
    .await;
}

#[tokio::test]
async fn who_never_got_the_first_message_gets_no_second() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        *house.mail.answer.lock().unwrap() = Delivery::Dead { error: "550 no such user".to_owned() };
        house.opens().await;
        house.deliver().await;
        *house.mail.answer.lock().unwrap() = sent();
        house.wait(0).await;
        house.deliver().await;
        house.moves(IncidentState::Resolved, "recovered").await;
        assert_eq!(house.story().await, ["1.1 an mail firing dead", "1.2 bo mail firing sent", "1.2 bo mail resolved queued"]);
    })
    .await;
}

#[tokio::test]
async fn after_the_end_no_timer_tells_anybody_more() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.opens().await;
        house.moves(IncidentState::Resolved, "recovered").await;
        house.wait(86_400).await;
        assert_eq!(house.pages().await.len(), 2);
        assert_eq!(house.run_state().await, "over");
    })
    .await;
}

#[tokio::test]
async fn what_comes_back_is_told_again_in_a_new_round_and_ended_for_that_round_only() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.opens().await;
        house.wait(300).await;
        house.moves(IncidentState::Resolved, "recovered").await;
        house.moves(IncidentState::Reopened, "alert").await;
        house.moves(IncidentState::Resolved, "recovered").await;
        assert_eq!(house.story().await[4..], ["2.1 an mail firing queued", "2.1 an mail resolved queued"]);
    })
    .await;
}
