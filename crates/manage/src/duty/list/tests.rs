#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_store::{Dialect, testing::for_each_database};

use super::*;

/// An empty PostgreSQL table is read whole whatever the query; SQLite decides by the query alone.
#[tokio::test]
async fn the_list_reads_open_incidents_by_owner_in_the_index_alone() {
    for_each_database(crate::migrations(), |test| async move {
        if test.db.dialect() != Dialect::Sqlite {
            return;
        }
        let mut sql = test.db.read().await.unwrap();
        for (statement, params) in
            [(UNOWNED, params![test.tenant, "", 2]), (OWNED, params![test.tenant, "mia", "", 2]), (GONE, params![test.tenant, "", 2])]
        {
            let plan = sql.rows(&format!("EXPLAIN QUERY PLAN {statement}"), params).await.unwrap();
            let steps: Vec<String> = plan.iter().map(|row| row.text("detail").unwrap()).collect();
            let of_incidents: Vec<&String> = steps.iter().filter(|step| step.contains(" incident")).collect();
            assert!(!of_incidents.is_empty(), "{steps:?}");
            assert!(of_incidents.iter().all(|step| step.contains("SEARCH") && step.contains("incident_open_owner")), "{steps:?}");
            assert!(statement == GONE || !steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
        }
    })
    .await;
}
