//! A parent is down, and everything that depends on it with it: one incident, and all of them accounted for.

use evenkeel_manage::service;

use crate::world::{GRANT, acme, in_world, service_definition, shop};

const DEPENDENTS: usize = 500;

#[tokio::test]
async fn five_hundred_dependents_of_one_parent_are_one_incident() {
    in_world(|world| async move {
        let mut tx = world.test.db.write().await.unwrap();
        let mut definition = service_definition(acme(), 60, true);
        definition.depends_on = vec![shop()];
        let mut children = Vec::new();
        for number in 0..DEPENDENTS {
            children.push(service::put_service(&mut tx, &GRANT, &world.act(), &format!("child-{number}"), &definition).await.unwrap().0);
        }
        tx.commit().await.unwrap();
        world.fires(shop(), "shop-web", 1).await;
        world.storm(children.iter().enumerate().map(|(number, child)| (*child, format!("child-{number}")))).await;
        assert_eq!(world.incidents().await.len(), 1);
        let summary = world.get("eve", "/api/v1/suppressions/summary").await.ok();
        let parents = summary.as_array().unwrap().iter().find(|count| count["by"] == "parent").unwrap();
        assert_eq!(parents["holding"], DEPENDENTS, "{summary}");
    })
    .await;
}
