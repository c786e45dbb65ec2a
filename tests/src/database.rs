//! A PostgreSQL database of a story's own, on the server that `make test` started.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// A fresh database's address; `None` when no server was named (then only SQLite is told).
pub async fn fresh() -> Option<String> {
    let server = std::env::var("EVENKEEL_TEST_POSTGRES").ok()?;
    let name = format!("evk_story_{}_{}", std::process::id(), crate::process::free_port());
    let mut admin = PgConnection::connect(&server).await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let base = server.rsplit_once('/').unwrap().0;
    Some(format!("{base}/{name}"))
}
