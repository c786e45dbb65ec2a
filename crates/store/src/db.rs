//! Opening a database, reading and writing.

use std::{path::PathBuf, str::FromStr, sync::Arc};

use crate::{
    Dialect, Result, Row, Sql, StoreError, Value,
    dialect::{
        postgres,
        sqlite::{self, Reader, Readers, Turn, Writer},
    },
    ledger::Tail,
    wake::{Bell, Ear, Interest, Left},
};
use async_trait::async_trait;
use evenkeel_core::{Clock, Rng};
use sqlx::{AssertSqlSafe, Executor, PgPool, Postgres, Transaction, pool::PoolConnection};

/// Where the data lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DbUrl {
    /// A file of the embedded database.
    Sqlite(PathBuf),
    /// `postgres://user:password@host/database`. Never printed: it may hold a password.
    Postgres(String),
}

impl FromStr for DbUrl {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Ok(Self::Postgres(text.to_owned()))
        } else if let Some(path) = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")) {
            Ok(Self::Sqlite(path.into()))
        } else if text.contains("://") {
            Err(StoreError::Unusable("the database address must begin with postgres:// or sqlite:".to_owned()))
        } else {
            Ok(Self::Sqlite(text.into()))
        }
    }
}

enum Pool {
    Sqlite { writer: Writer, readers: Readers },
    Postgres(PgPool),
}

struct Inner {
    pool: Pool,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    /// Wakes the loops that a commit concerns.
    bell: Bell,
    /// What they read then, once for all of them.
    tail: Tail,
}

/// A database, cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Db").field(&self.dialect()).finish()
    }
}

impl Db {
    /// Opens it without touching its tables; call [`crate::migration::migrate`] next.
    ///
    /// # Errors
    /// [`StoreError::Away`] when it cannot be reached.
    pub async fn open(url: &DbUrl, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Self> {
        let pool = match url {
            DbUrl::Sqlite(path) => {
                let (writer, readers) = sqlite::open(path).await?;
                Pool::Sqlite { writer, readers }
            }
            DbUrl::Postgres(url) => Pool::Postgres(postgres::open(url).await?),
        };
        Ok(Self(Arc::new(Inner { pool, clock, rng, bell: Bell::default(), tail: Tail::default() })))
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        match self.0.pool {
            Pool::Sqlite { .. } => Dialect::Sqlite,
            Pool::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The clock it was given.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// The randomness it was given.
    pub fn rng(&self) -> &Arc<dyn Rng> {
        &self.0.rng
    }

    /// A reader. On SQLite it sees one snapshot until dropped; on PostgreSQL each statement sees what is committed.
    ///
    /// # Errors
    /// [`StoreError::Away`].
    pub async fn read(&self) -> Result<Read> {
        Ok(Read(match &self.0.pool {
            Pool::Sqlite { readers, .. } => ReadInner::Sqlite(readers.lend().await?),
            Pool::Postgres(pool) => ReadInner::Postgres(pool.acquire().await?),
        }))
    }

    /// A reader that sees one snapshot until dropped, on both databases: for backups. It holds back the clean-up of old row
    /// versions meanwhile, so requests use [`Self::read`].
    ///
    /// # Errors
    /// [`StoreError::Away`].
    pub async fn snapshot(&self) -> Result<Read> {
        match &self.0.pool {
            Pool::Sqlite { .. } => self.read().await,
            Pool::Postgres(pool) => Ok(Read(ReadInner::PostgresSnapshot(pool.begin_with(postgres::BEGIN_SNAPSHOT).await?))),
        }
    }

    /// A write transaction (`BEGIN IMMEDIATE` on SQLite: it waits for its turn here, not later). Dropped without
    /// [`Tx::commit`] it is rolled back.
    ///
    /// # Errors
    /// [`StoreError::Away`].
    pub async fn write(&self) -> Result<Tx> {
        let inner = match &self.0.pool {
            Pool::Sqlite { writer, .. } => TxInner::Sqlite(writer.turn().await?),
            Pool::Postgres(pool) => TxInner::Postgres(pool.begin().await?),
        };
        Ok(self.begun(inner))
    }

    /// The same for work that nobody waits for: on an embedded database, with its one writer, it stands behind those who do.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_behind(&self) -> Result<Tx> {
        match &self.0.pool {
            Pool::Sqlite { writer, .. } => Ok(self.begun(TxInner::Sqlite(writer.turn_behind().await?))),
            Pool::Postgres(_) => self.write().await,
        }
    }

    fn begun(&self, inner: TxInner) -> Tx {
        Tx { inner, db: self.clone(), in_ledger: false, left: Left::default() }
    }

    pub(crate) fn tail(&self) -> &Tail {
        &self.0.tail
    }

    /// Hears the commits of this process that leave something of this interest.
    pub fn listen(&self, interest: Interest) -> Ear {
        self.0.bell.listen(interest)
    }

    /// Wakes everybody who waits for a commit.
    pub fn wake(&self) {
        self.0.bell.ring_all();
    }

    /// Closes every connection and waits for it.
    pub async fn close(&self) {
        match &self.0.pool {
            Pool::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

enum ReadInner {
    Sqlite(Reader),
    Postgres(PoolConnection<Postgres>),
    PostgresSnapshot(Transaction<'static, Postgres>),
}

/// A reader.
pub struct Read(ReadInner);

enum TxInner {
    Sqlite(Turn),
    Postgres(Transaction<'static, Postgres>),
}

/// A write transaction.
pub struct Tx {
    inner: TxInner,
    db: Db,
    /// Whether this transaction has announced itself to the ledger's horizon (PostgreSQL).
    pub(crate) in_ledger: bool,
    /// For the loops of this process, once it is committed.
    pub(crate) left: Left,
}

/// A part of a transaction: see [`Tx::begin_part`].
#[derive(Debug)]
#[must_use = "a part is kept or taken back"]
pub struct Part(Left);

async fn postgres_rows(connection: &mut sqlx::PgConnection, sql: &str, params: Vec<Value>) -> Result<Vec<Row>> {
    let query = sqlx::query_with(AssertSqlSafe(sql), postgres::bind(params)?);
    Ok(query.fetch_all(connection).await?.into_iter().map(Row::Postgres).collect())
}

#[async_trait]
impl Sql for Read {
    fn dialect(&self) -> Dialect {
        match self.0 {
            ReadInner::Sqlite(_) => Dialect::Sqlite,
            ReadInner::Postgres(_) | ReadInner::PostgresSnapshot(_) => Dialect::Postgres,
        }
    }
    async fn rows(&mut self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>> {
        match &mut self.0 {
            ReadInner::Sqlite(reader) => Ok(reader.rows(sql, params).await?.into_iter().map(Row::Sqlite).collect()),
            ReadInner::Postgres(connection) => postgres_rows(connection, sql, params).await,
            ReadInner::PostgresSnapshot(tx) => postgres_rows(tx, sql, params).await,
        }
    }
}

#[async_trait]
impl Sql for Tx {
    fn dialect(&self) -> Dialect {
        match self.inner {
            TxInner::Sqlite(_) => Dialect::Sqlite,
            TxInner::Postgres(_) => Dialect::Postgres,
        }
    }
    async fn rows(&mut self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>> {
        match &mut self.inner {
            TxInner::Sqlite(turn) => Ok(turn.rows(sql, &params)?.into_iter().map(Row::Sqlite).collect()),
            TxInner::Postgres(tx) => postgres_rows(tx, sql, params).await,
        }
    }
}

impl Tx {
    /// Runs a statement; answers how many rows it touched.
    ///
    /// # Errors
    /// [`StoreError`]; on PostgreSQL the transaction is then over and must be dropped.
    pub async fn execute(&mut self, sql: &str, params: Vec<Value>) -> Result<u64> {
        Ok(match &mut self.inner {
            TxInner::Sqlite(turn) => turn.execute(sql, &params)?,
            TxInner::Postgres(tx) => {
                sqlx::query_with(AssertSqlSafe(sql), postgres::bind(params)?).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    /// Runs a statement without parameters that cannot be prepared (DDL).
    pub(crate) async fn execute_raw(&mut self, sql: &str) -> Result<()> {
        match &mut self.inner {
            TxInner::Sqlite(turn) => turn.execute_raw(sql),
            TxInner::Postgres(tx) => Ok((**tx).execute(AssertSqlSafe(sql.to_owned())).await.map(|_| ())?),
        }
    }

    /// Begins a part that can be taken back alone, while what was done before stays. Parts do not lie in each other.
    ///
    /// # Errors
    /// As any statement.
    pub async fn begin_part(&mut self) -> Result<Part> {
        self.execute("SAVEPOINT part", Vec::new()).await?;
        Ok(Part(self.left.clone()))
    }

    /// Ends a part, whose work now is the transaction's.
    ///
    /// # Errors
    /// As any statement.
    pub async fn keep_part(&mut self, _: Part) -> Result<()> {
        self.execute("RELEASE SAVEPOINT part", Vec::new()).await.map(|_| ())
    }

    /// Takes a part back: it is as if it had never begun.
    ///
    /// # Errors
    /// As any statement.
    pub async fn take_back_part(&mut self, part: Part) -> Result<()> {
        self.execute("ROLLBACK TO SAVEPOINT part", Vec::new()).await?;
        self.left = part.0;
        self.execute("RELEASE SAVEPOINT part", Vec::new()).await.map(|_| ())
    }

    /// Lets an identity column go on after the largest number in its table: after rows were written with their old numbers.
    ///
    /// # Errors
    /// As any statement.
    pub async fn continue_numbers(&mut self, table: &str, column: &str) -> Result<()> {
        // SQLite's AUTOINCREMENT looks at the numbers themselves.
        if let TxInner::Postgres(_) = self.inner {
            self.rows(&postgres::continue_numbers(table, column), Vec::new()).await?;
        }
        Ok(())
    }

    /// Makes it durable and wakes the loops that it leaves something for.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was saved then, except that a lost connection at this very moment leaves it open on PostgreSQL.
    pub async fn commit(self) -> Result<()> {
        match self.inner {
            TxInner::Sqlite(turn) => turn.commit().await?,
            TxInner::Postgres(tx) => tx.commit().await?,
        }
        // On PostgreSQL an event is read once nothing before it is open (see [`postgres`]): what holds it back may be of any kind.
        self.db.0.bell.ring(&self.left, self.db.dialect() == Dialect::Postgres);
        Ok(())
    }

    /// The clock of the database handle.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        self.db.clock()
    }

    /// Now.
    pub fn now(&self) -> jiff::Timestamp {
        self.db.clock().now()
    }

    /// The randomness of the database handle.
    pub fn rng(&self) -> &Arc<dyn Rng> {
        self.db.rng()
    }
}
