#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    io::{Read as _, Write as _},
    path::Path,
};

use evenkeel_core::Actor;
use evenkeel_store::{
    Db, Sql as _, ledger, params,
    testing::{TestDb, for_each_database},
};

use super::*;
use crate::definition::{Source, apply};

const PRACTICE: &str = include_str!("../../../../../examples/practice.yaml");

/// A house with definitions, a text, an open incident's worth of events, and a blob.
async fn house(test: &TestDb, data: &Path) {
    let sources = [Source { name: "practice.yaml".to_owned(), text: PRACTICE.to_owned() }];
    apply(&test.db, test.tenant, Actor::system("test"), &sources, false).await.unwrap();
    let mut tx = test.db.write().await.unwrap();
    tx.put_text(test.tenant, "首页打不开").await.unwrap();
    tx.commit().await.unwrap();
    seal::seal_all(&test.db).await.unwrap();
    std::fs::create_dir_all(data.join("blobs/ab")).unwrap();
    std::fs::write(data.join("blobs/ab/abcd"), b"\x00\xff blob").unwrap();
    std::fs::write(data.join("blobs/ab/half.part"), b"half").unwrap();
}

async fn empty(folder: &Path) -> Db {
    std::fs::create_dir_all(folder).unwrap();
    Db::open(&DbUrl::Sqlite(folder.join("evenkeel.db")), Arc::new(SystemClock), Arc::new(OsRng)).await.unwrap()
}

async fn everything(db: &Db) -> Vec<String> {
    let mut sql = db.snapshot().await.unwrap();
    let mut all = Vec::new();
    for table in tables(&app::migrations()).unwrap() {
        let key: Vec<_> = table.key.iter().map(|place| table.columns[*place].name.as_str()).collect();
        let mut rows: Vec<String> = sql
            .rows(&format!("SELECT * FROM {} ORDER BY {}", table.name, key.join(", ")), params![])
            .await
            .unwrap()
            .iter()
            .map(|row| format!("{} {:?}", table.name, table.columns.iter().map(|c| c.kind.read(row, &c.name).unwrap()).collect::<Vec<_>>()))
            .collect();
        // The two databases sort text differently.
        rows.sort();
        all.extend(rows);
    }
    all
}

#[test]
fn every_table_of_every_room_is_known_with_its_key() {
    let tables = tables(&app::migrations()).unwrap();
    for name in ["ledger_event", "ledger_seal", "ledger_text", "incident", "outbox", "timer", "page", "rota", "import_run"] {
        assert!(tables.iter().any(|table| table.name == name), "{name}");
    }
    let count = |what: &str| app::migrations().iter().flat_map(|m| m.sql).filter(|sql| sql.starts_with(what)).count();
    assert_eq!(tables.len(), count("CREATE TABLE") - count("DROP TABLE"));
}

#[tokio::test]
async fn a_backup_of_either_database_restores_whole_into_an_empty_folder() {
    for_each_database(app::migrations(), |test| async move {
        let folder = tempfile::tempdir().unwrap();
        let (data, file) = (folder.path().join("data"), folder.path().join("backup.zip"));
        house(&test, &data).await;
        write(&test.db, &app::migrations(), &data, &file).await.unwrap();
        let target = folder.path().join("restored");
        let db = empty(&target).await;
        let mut reader = Reader::open(&file).unwrap();
        let events = read(&db, app::migrations(), &target, &file, &mut reader).await.unwrap();
        assert!(events > 0);
        assert_eq!(everything(&db).await, everything(&test.db).await);
        assert_eq!(std::fs::read(target.join("blobs/ab/abcd")).unwrap(), b"\x00\xff blob");
        assert!(!target.join("blobs/ab/half.part").exists());
        let sources = [Source { name: "practice.yaml".to_owned(), text: PRACTICE.replace("rto_secs: 1800", "rto_secs: 1801") }];
        apply(&db, test.tenant, Actor::system("test"), &sources, false).await.expect("the ledger goes on after a restore");
        let again = read(&db, app::migrations(), &target, &file, &mut reader).await.unwrap_err();
        assert!(again.to_string().contains("not empty"), "{again}");
        db.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_restore_into_the_same_kind_of_database_numbers_on() {
    for_each_database(app::migrations(), |test| async move {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup.zip");
        house(&test, folder.path()).await;
        let before = ledger::position(&test.db).await.unwrap();
        write(&test.db, &app::migrations(), folder.path(), &file).await.unwrap();
        // Empties the same database, so that PostgreSQL's own numbering is tested too.
        let mut tx = test.db.write().await.unwrap();
        for table in tables(&app::migrations()).unwrap() {
            tx.execute(&format!("DELETE FROM {}", table.name), params![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut reader = Reader::open(&file).unwrap();
        read(&test.db, app::migrations(), &folder.path().join("new"), &file, &mut reader).await.unwrap();
        let sources = [Source { name: "practice.yaml".to_owned(), text: PRACTICE.replace("zh: 平台组", "zh: 平台一组") }];
        apply(&test.db, test.tenant, Actor::system("test"), &sources, false).await.unwrap();
        let mut sql = test.db.read().await.unwrap();
        let row =
            sql.row("SELECT COUNT(*) AS n, MIN(seq) AS first FROM ledger_event WHERE seq > $1", params![before]).await.unwrap().unwrap();
        assert!(row.int("n").unwrap() > 0);
        assert_eq!(row.int("first").unwrap(), before + 1);
    })
    .await;
}

#[tokio::test]
async fn a_damaged_or_forged_archive_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.zip");
    for_each_database(app::migrations(), |test| {
        let (folder, file) = (folder.path().to_owned(), file.clone());
        async move {
            let _ = std::fs::remove_file(&file);
            house(&test, &folder).await;
            write(&test.db, &app::migrations(), &folder, &file).await.unwrap();
        }
    })
    .await;
    let twice = Writer::create(&file).err().unwrap();
    assert!(twice.to_string().contains("never overwrites"), "{twice}");
    let whole = std::fs::read(&file).unwrap();
    for cut in [0, 10, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&file, &whole[..cut]).unwrap();
        assert!(Reader::open(&file).is_err(), "cut at {cut}");
    }
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&whole)).unwrap();
    for entry in 0..archive.len() {
        let entry = archive.by_index_raw(entry).unwrap();
        if entry.size() == 0 {
            continue;
        }
        let middle = usize::try_from(entry.data_start().unwrap() + entry.compressed_size() / 2).unwrap();
        let mut flipped = whole.clone();
        flipped[middle] ^= 0x10;
        std::fs::write(&file, flipped).unwrap();
        assert!(Reader::open(&file).is_err(), "a flipped byte of {:?} is found", entry.name());
    }
}

#[tokio::test]
async fn a_ledger_that_was_changed_before_it_was_packed_again_is_refused_by_its_seal() {
    for_each_database(app::migrations(), |test| {
        Box::pin(async move {
            let folder = tempfile::tempdir().unwrap();
            let (file, forged) = (folder.path().join("backup.zip"), folder.path().join("forged.zip"));
            house(&test, folder.path()).await;
            let manifest = write(&test.db, &app::migrations(), folder.path(), &file).await.unwrap();
            // Packed again with one word changed and every hash of the manifest made to fit.
            let mut reader = Reader::open(&file).unwrap();
            let mut writer = Writer::create(&forged).unwrap();
            for entry in &manifest.entries {
                let mut bytes = Vec::new();
                reader.stream(&entry.name).unwrap().read_to_end(&mut bytes).unwrap();
                if entry.name == "tables/ledger_event.jsonl" {
                    bytes = String::from_utf8(bytes).unwrap().replacen("practice-shop", "practice-shed", 1).into_bytes();
                }
                writer.begin(&entry.name).unwrap();
                writer.write(&bytes).unwrap();
                writer.end(&entry.name, entry.rows, entry.columns.clone());
            }
            writer.finish(manifest).unwrap();
            let target = folder.path().join("restored");
            let db = empty(&target).await;
            let mut reader = Reader::open(&forged).unwrap();
            let failure = read(&db, app::migrations(), &target, &forged, &mut reader).await.unwrap_err();
            assert!(failure.to_string().contains("seal 1 of the ledger does not hold"), "{failure}");
            db.close().await;
            std::io::stderr().flush().unwrap();
        })
    })
    .await;
}
