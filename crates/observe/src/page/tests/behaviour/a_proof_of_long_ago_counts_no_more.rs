use super::*;
use crate::contact::{Reach, reach};

#[tokio::test]
async fn a_proof_of_long_ago_counts_no_more() {
    on_both(|house| async move {
        let now = |house: &House| house.test.clock_now();
        assert_eq!(reach(&[], now(&house)), Reach::None);
        assert_eq!(reach(&[house.way("an").await], now(&house)), Reach::Unproven);
        let server = Server::start(Protection::None, None).await;
        house.drill("an").await;
        house.deliver_mail(&server).await;
        let mail = server.mails.lock().unwrap()[0].replace("=\r\n", "").replace("=3D", "=");
        house.answers_drill(&token(&mail)).await.unwrap();
        house.test.clock.advance(jiff::SignedDuration::from_hours(24 * 90));
        assert_eq!(reach(&[house.way("an").await], now(&house)), Reach::Proven);
        house.test.clock.advance(jiff::SignedDuration::from_secs(1));
        assert_eq!(reach(&[house.way("an").await], now(&house)), Reach::Unproven);
    })
    .await;
}
