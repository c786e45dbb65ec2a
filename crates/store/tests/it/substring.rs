use evenkeel_core::Id;
use evenkeel_store::{Db, Migration, params, substring::SubstringIndex, testing::for_each_database};

const NOTES: &[Migration] = &[Migration {
    name: "test.note.0001",
    sql: &["CREATE TABLE note (tenant_id TEXT NOT NULL, number BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (tenant_id, number))"],
}];
const INDEX: SubstringIndex = SubstringIndex { name: "note_trigrams", table: "note", column: "body", key: "number" };

async fn write(db: &Db, number: i64, body: &str) {
    let mut tx = db.write().await.unwrap();
    tx.execute(
        "INSERT INTO note (tenant_id, number, body) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, number) DO UPDATE SET body = excluded.body",
        params![Id::<evenkeel_core::id::Tenant>::named("t"), number, body],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

async fn found(db: &Db, text: &str) -> Vec<i64> {
    INDEX.find(&mut db.read().await.unwrap(), Id::named("t"), text, 3).await.unwrap()
}

#[tokio::test]
async fn a_part_of_a_text_is_found_alike_with_and_without_the_index() {
    for_each_database(NOTES.to_vec(), |t| async move {
        write(&t.db, 1, "支付接口超时").await;
        write(&t.db, 2, "50% of \"orders\" fail_ed").await;
        for built in [false, true, true] {
            if built {
                // PostgreSQL may refuse the extension: the answers must be the same then.
                INDEX.build(&t.db).await.unwrap();
            }
            assert_eq!(found(&t.db, "接口超").await, [1]);
            assert_eq!(found(&t.db, "接口").await, [1], "shorter than a trigram");
            assert_eq!(found(&t.db, "0% o").await, [2], "a sign of LIKE is a letter");
            assert_eq!(found(&t.db, "\"orders\"").await, [2], "and so is one of the index");
            assert_eq!(found(&t.db, "l_e").await, [2]);
            assert_eq!(found(&t.db, "lxe").await, [0_i64; 0]);
            assert_eq!(found(&t.db, "or\0ders").await, [0_i64; 0]);
        }
        let mut other = t.db.read().await.unwrap();
        assert!(INDEX.find(&mut other, Id::named("another"), "接口超", 3).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_index_follows_what_is_written_and_a_search_is_bounded() {
    for_each_database(NOTES.to_vec(), |t| async move {
        INDEX.build(&t.db).await.unwrap();
        for number in 1..=5 {
            write(&t.db, number, "the same words").await;
        }
        assert_eq!(found(&t.db, "same").await, [5, 4, 3], "the newest");
        write(&t.db, 5, "other words").await;
        assert_eq!(found(&t.db, "same").await, [4, 3, 2]);
        assert_eq!(found(&t.db, "other").await, [5]);
        let mut tx = t.db.write().await.unwrap();
        tx.execute("DELETE FROM note WHERE number = $1", params![4_i64]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(found(&t.db, "same").await, [3, 2, 1]);
    })
    .await;
}

#[tokio::test]
async fn an_index_that_the_database_refuses_is_told_and_leaves_nothing_behind() {
    for_each_database(NOTES.to_vec(), |t| async move {
        let wrong = SubstringIndex { column: "no_such_column", ..INDEX };
        assert!(wrong.build(&t.db).await.unwrap().is_some());
        write(&t.db, 1, "goes on").await;
        assert_eq!(found(&t.db, "goes").await, [1]);
        INDEX.build(&t.db).await.unwrap();
        assert_eq!(found(&t.db, "goes").await, [1]);
    })
    .await;
}
