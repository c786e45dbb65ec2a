use super::*;
use crate::contact::{Canary, CanaryPlan, canary_figures};

#[tokio::test]
async fn the_canary_counts_what_arrives_in_time() {
    on_both(|house| async move {
        let server = Server::start(Protection::None, None).await;
        *house.book.canary.lock().unwrap() = Some(CanaryPlan { person: person("an"), every_secs: 300, within_secs: 60 });
        let put = DefinitionPut { kind: "notification".to_owned(), name: "notification".to_owned(), version: 1, body: Value::Null };
        house.happens(Actor::system("test"), &put).await;
        while consumer::run_once(&house.test.db, &Canary(house.book.clone()), 50).await.unwrap().1 {}
        house.wait(0).await;
        house.deliver_mail(&server).await;
        // The next is taken by nobody, and arrives too late.
        house.wait(300).await;
        house.test.clock.advance(jiff::SignedDuration::from_secs(90));
        house.deliver_mail(&server).await;
        house.test.clock.advance(jiff::SignedDuration::from_secs(60));
        let mut sql = house.test.db.read().await.unwrap();
        let figures = canary_figures(&mut sql, house.book.as_ref(), house.test.tenant, house.test.clock_now()).await.unwrap().unwrap();
        assert_eq!((figures.runs, figures.good, figures.last_secs), (2, 1, Some(90.0)));
        assert_eq!(server.mails.lock().unwrap().len(), 2);
    })
    .await;
}
