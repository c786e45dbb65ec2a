//! Twenty thousand alerts and a rule: listed in one pass, never sources × targets.

use evenkeel_core::{
    definition::InhibitionDefinition,
    id::AlertId,
    matcher::{Labels, Matcher},
};
use evenkeel_manage::{inhibition, suppression};

use crate::world::{GRANT, in_world};

const ALERTS: usize = 20_000;

#[tokio::test]
async fn a_list_of_many_alerts_with_a_rule_of_inhibition_is_made_in_one_pass() {
    in_world(|world| async move {
        let list = |text| Matcher::parse_list(text).unwrap();
        let rule =
            InhibitionDefinition { source: list("severity=critical"), target: list("severity=warning"), equal: vec!["node".to_owned()] };
        let mut tx = world.test.db.write().await.unwrap();
        inhibition::put(&mut tx, &GRANT, &world.act(), "rule", &rule).await.unwrap();
        tx.commit().await.unwrap();
        // Half are sources, half are targets, each target with one source of its own.
        let alert = |number: usize| {
            let severity = if number.is_multiple_of(2) { "critical" } else { "warning" };
            let labels = Labels::from([("severity".to_owned(), severity.to_owned()), ("node".to_owned(), (number / 2).to_string())]);
            (AlertId::named(&number.to_string()), labels, world.now())
        };
        let alerts: Vec<_> = (0..ALERTS).map(alert).collect();
        let mut read = world.test.db.read().await.unwrap();
        let begun = tokio::time::Instant::now();
        let seen = suppression::survey(&mut read, world.test.tenant, world.now(), alerts).await.unwrap();
        let took = begun.elapsed();
        assert_eq!(seen.iter().filter(|alert| !alert.inhibited_by.is_empty()).count(), ALERTS / 2);
        println!("{ALERTS} alerts, one rule: {} ms", took.as_millis());
    })
    .await;
}
