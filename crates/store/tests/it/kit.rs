use evenkeel_core::{
    Actor,
    event::{NewEvent, manage::Linked},
    id::TenantId,
};
use evenkeel_store::{Db, Tx};

/// Some event about `subject`.
pub fn event(tenant: TenantId, at: jiff::Timestamp, subject: &str) -> NewEvent {
    let body = Linked { other: evenkeel_core::Id::named("other"), relation: "related".to_owned() };
    NewEvent::of(tenant, at, Actor::system("test"), "test", subject, &body).unwrap()
}

/// Appends `n` events, each in a transaction of its own.
pub async fn append(db: &Db, tenant: TenantId, n: usize) -> Vec<i64> {
    let mut seqs = Vec::new();
    for i in 0..n {
        let mut tx = db.write().await.unwrap();
        seqs.push(put(&mut tx, tenant, &format!("subject-{i}")).await);
        tx.commit().await.unwrap();
    }
    seqs
}

pub async fn put(tx: &mut Tx, tenant: TenantId, subject: &str) -> i64 {
    let at = tx.now();
    tx.append(&event(tenant, at, subject)).await.unwrap().seq
}
