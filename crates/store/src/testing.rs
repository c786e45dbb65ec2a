//! The both-databases test harness: one body, run on a fresh SQLite file and on a fresh PostgreSQL database.
//!
//! Databases are copies of a template that is made once per set of migrations, so that a test pays for a copy and not for
//! a hundred statements.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc, missing_docs)]

use std::{future::Future, path::PathBuf, sync::Arc};

use evenkeel_core::{Clock, Id, Rng, id::TenantId, random::SeededRng, time::ManualClock};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::{Db, DbUrl, Migration, migration};

/// The variable that names a PostgreSQL superuser's address; `make test` sets it. Without it only SQLite is tested.
pub const POSTGRES: &str = "EVENKEEL_TEST_POSTGRES";

/// A fresh database with a clock standing at 2026-03-02T01:00:00Z (a Monday, 09:00 in Shanghai).
#[derive(Clone)]
pub struct TestDb {
    pub db: Db,
    pub clock: Arc<ManualClock>,
    pub rng: Arc<SeededRng>,
    pub tenant: TenantId,
    pub url: DbUrl,
}

impl TestDb {
    /// Where the test's clock stands.
    pub fn clock_now(&self) -> jiff::Timestamp {
        self.clock.now()
    }
}

/// The instant at which every test begins.
pub fn epoch() -> jiff::Timestamp {
    "2026-03-02T01:00:00Z".parse().unwrap()
}

fn all(migrations: Vec<Migration>) -> Vec<Migration> {
    let mut all = crate::migrations();
    for migration in migrations {
        if !all.iter().any(|known| known.name == migration.name) {
            all.push(migration);
        }
    }
    all.sort_by_key(|migration| migration.name);
    all
}

fn digest(migrations: &[Migration]) -> String {
    let mut sha = Sha256::new();
    for migration in migrations {
        sha.update(migration.name);
        for sql in migration.sql {
            sha.update(sql);
        }
    }
    hex::encode(&sha.finalize()[..8])
}

fn unique() -> String {
    let mut bytes = [0u8; 8];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom").unwrap(), &mut bytes).unwrap();
    hex::encode(bytes)
}

async fn open(url: DbUrl) -> TestDb {
    let clock = Arc::new(ManualClock::at(epoch()));
    let rng = Arc::new(SeededRng::new(7));
    let db = Db::open(&url, Arc::clone(&clock) as Arc<dyn Clock>, Arc::clone(&rng) as Arc<dyn Rng>).await.unwrap();
    TestDb { db, clock, rng, tenant: Id::named("test"), url }
}

/// Runs `body` on every database there is; panics carry the database's name.
pub async fn for_each_database<F, Fut>(migrations: Vec<Migration>, body: F)
where
    F: Fn(TestDb) -> Fut,
    Fut: Future<Output = ()>,
{
    let migrations = all(migrations);
    sqlite(&migrations, &body).await;
    if let Ok(server) = std::env::var(POSTGRES) {
        postgres(&server, &migrations, &body).await;
    }
}

async fn sqlite<F, Fut>(migrations: &[Migration], body: &F)
where
    F: Fn(TestDb) -> Fut,
    Fut: Future<Output = ()>,
{
    eprintln!("on sqlite");
    let template = std::env::temp_dir().join(format!("evenkeel-template-{}.db", digest(migrations)));
    if !template.exists() {
        let aside = std::env::temp_dir().join(format!("evenkeel-template-{}.part", unique()));
        let test = open(DbUrl::Sqlite(aside.clone())).await;
        migration::migrate(&test.db, migrations.to_vec()).await.unwrap();
        // Everything from the write-ahead log into the one file that is copied.
        let mut tx = test.db.write().await.unwrap();
        crate::Sql::rows(&mut tx, "SELECT 1 AS one", vec![]).await.unwrap();
        drop(tx);
        test.db.close().await;
        std::fs::rename(&aside, &template).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("evenkeel.db");
    std::fs::copy(&template, &path).unwrap();
    let test = open(DbUrl::Sqlite(path)).await;
    let db = test.db.clone();
    body(test).await;
    db.close().await;
}

async fn postgres<F, Fut>(server: &str, migrations: &[Migration], body: &F)
where
    F: Fn(TestDb) -> Fut,
    Fut: Future<Output = ()>,
{
    eprintln!("on postgresql");
    let template = format!("evk_template_{}", digest(migrations));
    let mut admin = PgConnection::connect(server).await.expect("EVENKEEL_TEST_POSTGRES names a server that answers");
    // Tests run side by side in many processes: one makes the template, the others wait.
    admin.execute("SELECT pg_advisory_lock(47110002)").await.unwrap();
    let exists =
        sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1").bind(&template).fetch_optional(&mut admin).await.unwrap().is_some();
    if !exists {
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {template}_part"))).await.unwrap();
        let test = open(DbUrl::Postgres(address(server, &format!("{template}_part")))).await;
        migration::migrate(&test.db, migrations.to_vec()).await.unwrap();
        test.db.close().await;
        admin.execute(AssertSqlSafe(format!("ALTER DATABASE {template}_part RENAME TO {template}"))).await.unwrap();
    }
    let name = format!("evk_test_{}", unique());
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}"))).await.unwrap();
    admin.execute("SELECT pg_advisory_unlock(47110002)").await.unwrap();
    let test = open(DbUrl::Postgres(address(server, &name))).await;
    let db = test.db.clone();
    body(test).await;
    db.close().await;
    admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await.unwrap();
}

/// The same server, another database.
fn address(server: &str, database: &str) -> String {
    let (head, query) = server.split_once('?').map_or((server, None), |(head, query)| (head, Some(query)));
    let base = head.rsplit_once('/').map_or(head, |(base, _)| base);
    query.map_or_else(|| format!("{base}/{database}"), |query| format!("{base}/{database}?{query}"))
}
