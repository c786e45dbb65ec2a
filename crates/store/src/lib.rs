//! The kit that knows databases: SQLite and PostgreSQL behind one typed layer, and the four mechanisms that everything
//! durable stands on: the **ledger** with its consumers, **timers**, the **outbox** and **leases**.
//!
//! It knows no business table. Halls write one portable SQL text (see [`sql::Sql`]); what differs between the two databases
//! stands side by side in [`dialect`].

pub mod blob;
pub mod consumer;
mod db;
pub mod dialect;
mod error;
pub mod lease;
pub mod ledger;
pub mod migration;
pub mod outbox;
mod row;
mod sql;
pub mod substring;
#[cfg(feature = "testing")]
pub mod testing;
pub mod timer;
mod value;
pub mod wake;
pub mod worker;

pub use consumer::Consumer;
pub use db::{Db, DbUrl, Part, Read, Tx};
pub use dialect::Dialect;
pub use error::StoreError;
pub use lease::Lease;
pub use migration::Migration;
pub use outbox::{Channel, Delivery, Message, NewMessage, OutboxObserver, Outcome};
pub use row::Row;
pub use sql::{Sql, places, tuples};
pub use timer::{NewTimer, Timer, TimerHandler};
pub use value::Value;

/// A result of this kit.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The tables of this kit's own mechanisms.
pub fn migrations() -> Vec<Migration> {
    [ledger::MIGRATIONS, consumer::MIGRATIONS, timer::MIGRATIONS, outbox::MIGRATIONS, lease::MIGRATIONS].concat()
}
