use evenkeel_store::{Migration, Sql as _, StoreError, migration, params, testing::for_each_database};

const ONE: &[Migration] = &[Migration {
    name: "test.thing.0001",
    sql: &["CREATE TABLE thing (id {autoid}, body {blob}, note TEXT)", "CREATE INDEX thing_note ON thing (note)"],
}];

#[tokio::test]
async fn a_step_is_applied_once_and_each_type_survives_a_round_trip() {
    for_each_database(ONE.to_vec(), |t| async move {
        let mut all = evenkeel_store::migrations();
        all.extend(ONE);
        assert!(migration::migrate(&t.db, all).await.unwrap().is_empty());
        let mut tx = t.db.write().await.unwrap();
        let row = tx
            .row("INSERT INTO thing (body, note) VALUES ($1, $2) RETURNING id, body, note", params![vec![0u8, 255], None::<String>])
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.int("id").unwrap(), 1);
        assert_eq!(row.bytes("body").unwrap(), vec![0, 255]);
        assert_eq!(row.opt_text("note").unwrap(), None);
        assert!(row.text("note").is_err());
        let row = tx
            .row("SELECT CAST(SUM(id) AS BIGINT) AS total, CAST($1 AS DOUBLE PRECISION) AS share FROM thing", params![0.25])
            .await
            .unwrap()
            .unwrap();
        assert_eq!((row.int("total").unwrap(), row.float("share").unwrap()), (1, 0.25));
    })
    .await;
}

#[tokio::test]
async fn a_database_newer_than_the_binary_is_refused_and_left_alone() {
    for_each_database(ONE.to_vec(), |t| async move {
        let error = migration::migrate(&t.db, evenkeel_store::migrations()).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Unusable(text) if text.contains("newer Evenkeel") && text.contains("test.thing.0001")),
            "{error}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_behind() {
    for_each_database(vec![], |t| async move {
        let mut all = evenkeel_store::migrations();
        all.push(Migration { name: "test.broken.0001", sql: &["CREATE TABLE half (id BIGINT)", "CREATE TABLE half (id BIGINT)"] });
        let error = migration::migrate(&t.db, all).await.unwrap_err();
        assert!(error.to_string().contains("test.broken.0001"), "{error}");
        let mut sql = t.db.read().await.unwrap();
        assert!(sql.rows("SELECT id FROM half", params![]).await.is_err());
    })
    .await;
}
