use std::{fmt::Write as _, path::PathBuf};

use evenkeel_core::{Actor, Failure};
use evenkeel_store::{
    Sql as _, params,
    testing::{TestDb, for_each_database},
};
use tempfile::TempDir;

use crate::{
    app::migrations,
    command::import::{BATCH_RECORDS, Checkpoint, Job},
    definition::{Source, apply},
};

const PRACTICE: &str = include_str!("../../../../../../examples/practice.yaml");

const EVENTS: &str = r#"
rows: event
source: desk
zone: Asia/Shanghai
columns: {key: 单号, title: 标题, at: 时间, event: 动作, text: 内容}
states: {新建: opened, 派单: assigned, 处理: in_progress, 等客户: on_hold.customer, 回复: public_reply, 解决: resolved, 关闭: closed, 备注: ignore}
service: {column: 系统, map: {商店: practice-shop}}
customer: {default: harbour-retail}
team: {default: platform}
priority: {column: 级别, map: {高: "1", 中: "3", 低: "5"}, default: "3"}
"#;

const TICKETS: &str = r#"
rows: ticket
source: old
delimiter: ";"
zone: Europe/Berlin
time_formats: ["%d.%m.%Y %H:%M"]
columns: {key: Key, title: Summary}
times: {opened: Created, in_progress: Started, resolved: Resolved, closed: Closed}
holds: [{from: Waiting, to: Resumed, reason: vendor}]
service: {default: practice-shop}
priority: {column: Prio}
"#;

struct Desk {
    test: TestDb,
    folder: TempDir,
}

impl Desk {
    async fn new(test: TestDb) -> Self {
        let sources = [Source { name: "practice.yaml".to_owned(), text: PRACTICE.to_owned() }];
        apply(&test.db, test.tenant, Actor::system("test"), &sources, false).await.unwrap();
        Self { test, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn job(&self, mapping: &str, csv: impl AsRef<[u8]>, again: bool) -> Job {
        Job {
            mapping: self.file("mapping.yaml", mapping),
            file: self.file("history.csv", csv),
            rejected: self.folder.path().join("rejected.csv"),
            again,
        }
    }

    async fn import(&self, mapping: &str, csv: impl AsRef<[u8]>) -> Result<Checkpoint, Failure> {
        self.job(mapping, csv, false).run(&self.test.db, self.test.tenant).await
    }

    fn rejected(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("rejected.csv")).unwrap_or_default();
        text.lines().skip(1).map(ToOwned::to_owned).collect()
    }

    async fn count(&self, sql: &str) -> i64 {
        let mut read = self.test.db.read().await.unwrap();
        read.row(sql, params![]).await.unwrap().unwrap().int("n").unwrap()
    }

    async fn events(&self) -> i64 {
        self.count("SELECT COUNT(*) AS n FROM ledger_event WHERE source = 'import'").await
    }

    async fn tickets(&self) -> Vec<(String, String, i64)> {
        let mut read = self.test.db.read().await.unwrap();
        read.rows("SELECT external_id, state, priority FROM incident ORDER BY external_id", params![])
            .await
            .unwrap()
            .iter()
            .map(|row| (row.text("external_id").unwrap(), row.text("state").unwrap(), row.int("priority").unwrap()))
            .collect()
    }
}

async fn on_both<F, Fut>(story: F)
where
    F: Fn(Desk) -> Fut,
    Fut: Future<Output = ()>,
{
    for_each_database(migrations(), |test| async { story(Desk::new(test).await).await }).await;
}

const HEAD: &str = "单号,标题,时间,动作,内容,系统,级别\n";

#[tokio::test]
async fn one_row_per_event_becomes_tickets_with_their_histories() {
    on_both(|desk| async move {
        let csv = format!(
            "{HEAD}\
             A-1,打不开,2026-02-02 09:00:00,新建,,商店,高\n\
             A-2,很慢,2026-02-02 09:05:00,新建,,商店,\n\
             A-1,,2026-02-02 09:10:00,处理,,商店,高\n\
             A-1,,2026-02-02 09:12:00,回复,\"收到, 正在看\",商店,高\n\
             A-1,,2026-02-02 09:20:00,备注,x,商店,高\n\
             A-1,,2026-02-02T02:00:00Z,解决,,商店,高\n"
        );
        let done = desk.import(EVENTS, &csv).await.unwrap();
        assert_eq!((done.records, done.tickets, done.rejected), (6, 2, 0));
        assert_eq!(desk.tickets().await, [("desk:A-1".to_owned(), "resolved".to_owned(), 1), ("desk:A-2".to_owned(), "new".to_owned(), 3)]);
        let opened =
            desk.count("SELECT MIN(occurred_at) AS n FROM ledger_event WHERE source = 'import' AND kind = 'incident.opened'").await;
        assert_eq!(opened, 1_769_994_000_000_000, "09:00 in Shanghai");
    })
    .await;
}

#[tokio::test]
async fn one_row_per_ticket_reads_its_times_from_columns() {
    on_both(|desk| async move {
        let csv = "Key;Summary;Created;Started;Waiting;Resumed;Resolved;Closed;Prio\n\
                   7;Slow shop;02.02.2026 09:00;02.02.2026 09:30;02.02.2026 10:00;02.02.2026 11:00;02.02.2026 12:00;;P2\n\
                   8;Open one;03.02.2026 09:00;;;;;;4\n";
        let done = desk.import(TICKETS, csv).await.unwrap();
        assert_eq!((done.tickets, done.rejected), (2, 0), "{:?}", desk.rejected());
        assert_eq!(desk.tickets().await, [("old:7".to_owned(), "resolved".to_owned(), 2), ("old:8".to_owned(), "new".to_owned(), 4)]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_written_down_with_line_and_reason_and_the_rest_is_taken() {
    on_both(|desk| async move {
        let mut csv = HEAD.as_bytes().to_vec();
        csv.extend("B-1,好的,2026-02-02 09:00,新建,,商店,高\n".as_bytes());
        csv.extend("B-2,坏时间,2026-02-30 09:00,新建,,商店,高\n".as_bytes());
        csv.extend("B-3,坏词,2026-02-02 09:00,飞走,,商店,高\n".as_bytes());
        csv.extend("B-4,坏系统,2026-02-02 09:00,新建,,别的,高\n".as_bytes());
        csv.extend("B-5,少列,2026-02-02 09:00\n".as_bytes());
        csv.extend(",没有单号,2026-02-02 09:00,新建,,商店,高\n".as_bytes());
        csv.extend("B-7,将来,2036-02-02 09:00,新建,,商店,高\n".as_bytes());
        // 金水 in GB18030, in a file that is otherwise UTF-8.
        csv.extend(b"B-8,\xbd\xf0\xcb\xae,2026-02-02 09:00,\xd0\xc2\xbd\xa8,,\xc9\xcc\xb5\xea,\xb8\xdf\n");
        csv.extend(b"B-9,\xff\xff,2026-02-02 09:00,x,,x,x\n");
        csv.extend(std::iter::repeat_n(b'z', 600_000));
        csv.extend("\nB-11,最后,2026-02-02 09:00,新建,,商店,高\n".as_bytes());
        let done = desk.import(EVENTS, &csv).await.unwrap();
        let tickets = desk.tickets().await;
        let keys: Vec<_> = tickets.iter().map(|ticket| ticket.0.as_str()).collect();
        assert_eq!(keys, ["desk:B-1", "desk:B-11", "desk:B-8"]);
        let rejected = desk.rejected();
        assert_eq!((done.rejected, rejected.len()), (8, 8), "{rejected:#?}");
        for (row, (line, words)) in rejected.iter().zip([
            ("3,B-2,", "is no time"),
            ("4,B-3,", "not in the mapping's states"),
            ("5,B-4,", "service: \"\"别的\"\" is not in the mapping"),
            ("6,B-5,", "has 3 fields"),
            ("7,,", "the key is empty"),
            ("8,B-7,", "in the future"),
            ("10,B-9,", "none of the encodings"),
            ("11,,", "longer than"),
        ]) {
            assert!(row.starts_with(line) && row.contains(words), "{row}");
        }
    })
    .await;
}

#[tokio::test]
async fn importing_again_takes_nothing_twice_and_a_longer_file_only_what_is_new() {
    on_both(|desk| async move {
        let first = format!("{HEAD}C-1,t,2026-02-02 09:00,新建,,商店,高\nC-1,t,2026-02-02 10:00,处理,,商店,高\n");
        desk.import(EVENTS, &first).await.unwrap();
        let events = desk.events().await;
        desk.import(EVENTS, &first).await.unwrap();
        desk.job(EVENTS, &first, true).run(&desk.test.db, desk.test.tenant).await.unwrap();
        assert_eq!(desk.events().await, events);
        let longer = format!("{first}C-1,t,2026-02-02 11:00,解决,,商店,高\n");
        let done = desk.import(EVENTS, &longer).await.unwrap();
        assert_eq!((done.tickets, done.records), (0, 3));
        assert_eq!(desk.tickets().await, [("desk:C-1".to_owned(), "resolved".to_owned(), 1)]);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_was_cut_off_goes_on_behind_its_last_batch() {
    on_both(|desk| async move {
        let mut csv = HEAD.to_owned();
        let count = BATCH_RECORDS + 50;
        for number in 0..count {
            let at = if number % 500 == 7 { "never" } else { "2026-02-02 09:00" };
            writeln!(csv, "D-{number},t,{at},新建,,商店,低").unwrap();
        }
        // Cut off after the first batch: its checkpoint stands, and the file of rejected rows holds more than it should.
        let done = desk.import(EVENTS, &csv).await.unwrap();
        let events = desk.events().await;
        let mut tx = desk.test.db.write().await.unwrap();
        tx.execute(
            "UPDATE import_run SET finished = 0, records = $1, rejected = 4, rejected_bytes = $2",
            params![i64::try_from(BATCH_RECORDS).unwrap(), done.rejected_bytes],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let torn = format!("{}9999,x,half a", std::fs::read_to_string(desk.folder.path().join("rejected.csv")).unwrap());
        desk.file("rejected.csv", torn);
        let resumed = desk.import(EVENTS, &csv).await.unwrap();
        assert_eq!(resumed.records, i64::try_from(count).unwrap());
        assert!(resumed.finished);
        assert_eq!(desk.events().await, events, "what was taken is known again");
        assert!(desk.rejected().iter().all(|row| !row.starts_with("9999")));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_mapping_is_told_with_its_line_and_nothing_is_taken() {
    on_both(|desk| async move {
        let csv = format!("{HEAD}E-1,t,2026-02-02 09:00,新建,,商店,高\n");
        for (from, to, words) in [
            ("at: 时间", "at: 时刻", "mapping.yaml:5: the file has no column \"时刻\"; it has 单号, 标题"),
            ("opened", "open", "mapping.yaml:6: \"open\" is no event; give one of opened"),
            ("Asia/Shanghai", "Asia/Peking", "mapping.yaml:4: there is no time zone"),
            ("rows: event", "rows: line", "mapping.yaml:2"),
            ("source: desk", "sauce: desk", "mapping.yaml:3"),
            ("team: {default: platform}", "team: {}", "team has neither a column nor a default"),
        ] {
            let failure = desk.import(&EVENTS.replacen(from, to, 1), &csv).await.unwrap_err();
            assert!(failure.to_string().contains(words), "{failure}");
        }
        let failure = desk.import(EVENTS, "").await.unwrap_err();
        assert!(failure.to_string().contains("is empty"), "{failure}");
        assert_eq!(desk.events().await, 0);
    })
    .await;
}
