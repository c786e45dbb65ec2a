use super::*;
use crate::{
    contact::findings,
    oncall::{self, Layer, RotaDefinition, Window},
};

#[tokio::test]
async fn what_will_go_wrong_is_known_ahead() {
    on_both(|house| async move {
        let weekly =
            RotaDefinition::weekly(TeamId::named("desk"), "UTC", "monday 09:00".parse().unwrap(), vec![person("an"), person("bo")], None);
        let hours = vec![Window::parse(&["mon".to_owned(), "tue".to_owned()], "00:00", "24:00").unwrap()];
        let layers = vec![Layer { hours, ..weekly.layers[0].clone() }];
        let mut tx = house.test.db.write().await.unwrap();
        let grant = Grant::system(Permission::OnCallWrite);
        let definition = RotaDefinition { layers, ..weekly };
        oncall::put_rota(&mut tx, &grant, house.test.tenant, &Actor::system("test"), "desk", &definition).await.unwrap();
        tx.commit().await.unwrap();
        house.change("bo", |card| card.mail = None);
        let mut sql = house.test.db.read().await.unwrap();
        let found = findings(&mut sql, house.book.as_ref(), house.test.tenant, house.test.clock_now()).await.unwrap();
        // From Monday 2 March 2026, 01:00: Wednesday to Sunday of four weeks, and the Wednesday of 1 April.
        assert_eq!((found.gaps, found.unproven, found.unreachable), (5, 1, 1));
        assert_eq!(found.first_gap_at, Some("2026-03-04T00:00:00Z".parse().unwrap()));
    })
    .await;
}
