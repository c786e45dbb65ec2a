//! `evenkeel doctor`: looks at everything an installation needs, says what is wrong and what to do. Changes nothing.

use std::{fmt, path::Path, process::ExitCode, sync::Arc, time::Duration};

use evenkeel_core::{Clock as _, Failure};
use evenkeel_sla::calendar::last_published_year;
use evenkeel_store::{Db, DbUrl, Read, Sql, StoreError, consumer, ledger::seal, outbox, params, timer};
use jiff::tz::TimeZone;
use tokio::{io::AsyncReadExt as _, net::TcpStream, time::timeout};

use crate::{
    ambient::{OsRng, SystemClock},
    app,
    config::{DataArgs, MailArgs, Tls},
    definition, folder, metric_store,
};

/// Free space below which the doctor warns, and below which it calls it a failure, bytes.
const FREE_WARN: u64 = 2 << 30;
const FREE_FAIL: u64 = 200 << 20;
/// How long the mail server may take to greet.
const GREETING: Duration = Duration::from_secs(5);

/// What `evenkeel doctor` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct DoctorArgs {
    /// Where the data lies.
    #[command(flatten)]
    data: DataArgs,
    /// How mail leaves, as the server is started with.
    #[command(flatten)]
    mail: MailArgs,
}

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Ok,
    Warn,
    Fail,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    level: Level,
    what: &'static str,
    found: String,
    /// What to do about it.
    todo: &'static str,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok  ",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        };
        write!(f, "{level}  {:<13}  {}", self.what, self.found)?;
        if self.level != Level::Ok && !self.todo.is_empty() {
            write!(f, "\n{:>21}→ {}", "", self.todo)?;
        }
        Ok(())
    }
}

fn ok(what: &'static str, found: impl Into<String>) -> Line {
    Line { level: Level::Ok, what, found: found.into(), todo: "" }
}
fn warn(what: &'static str, found: impl Into<String>, todo: &'static str) -> Line {
    Line { level: Level::Warn, what, found: found.into(), todo }
}
fn fail(what: &'static str, found: impl Into<String>, todo: &'static str) -> Line {
    Line { level: Level::Fail, what, found: found.into(), todo }
}

/// Looks, prints a line for each thing; exit code 1 when something fails.
///
/// # Errors
/// None of its own: what cannot be looked at is a line.
pub async fn run(args: DoctorArgs) -> Result<ExitCode, Failure> {
    let mut lines = vec![data_folder(&args.data.data), disk(&args.data.data), lock(&args.data.data), metrics(&args.data.data)];
    lines.extend(of_database(&args).await);
    lines.push(holidays());
    for line in &lines {
        say!("{line}");
    }
    let failed = lines.iter().any(|line| line.level == Level::Fail);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn data_folder(path: &Path) -> Line {
    let shown = path.display();
    if !path.exists() {
        return warn(
            "data folder",
            format!("{shown} does not exist yet"),
            "the first `evenkeel serve` makes it; or name the right one with --data DIR",
        );
    }
    // The one sure way to know whether a file can be written is to write one.
    match tempfile::NamedTempFile::new_in(path) {
        Ok(_) => ok("data folder", format!("{shown}, writable")),
        Err(error) => {
            fail("data folder", format!("{shown} cannot be written: {error}"), "give the folder to the user that runs the server")
        }
    }
}

fn disk(path: &Path) -> Line {
    let existing = path.ancestors().find(|folder| folder.exists()).unwrap_or_else(|| Path::new("."));
    let existing = if existing.as_os_str().is_empty() { Path::new(".") } else { existing };
    match rustix::fs::statvfs(existing) {
        Ok(stat) => space(stat.f_bavail.saturating_mul(stat.f_frsize)),
        Err(error) => warn("disk", format!("cannot be looked at: {error}"), "look at it with df"),
    }
}

fn space(free: u64) -> Line {
    let found = format!("{} MiB free", free >> 20);
    match free {
        0..FREE_FAIL => fail("disk", found, "free space now: a full disk refuses every write (nothing already saved is lost)"),
        FREE_FAIL..FREE_WARN => warn("disk", found, "free space or move the data folder soon"),
        _ => ok("disk", found),
    }
}

fn lock(path: &Path) -> Line {
    match folder::holder(path) {
        Ok(None) => ok("lock", "nobody uses the folder"),
        Ok(Some(holder)) => ok("lock", format!("used by process {} ({}) since {}", holder.pid, holder.command, holder.since)),
        Err(failure) => fail("lock", failure.detail, "give the folder to the user that runs the server"),
    }
}

/// The metric store as it lies there: it is not opened, a server may have it.
fn metrics(path: &Path) -> Line {
    let folder = metric_store::folder(path);
    if !folder.exists() {
        return ok("metrics", "there are none yet");
    }
    let sizes = |part: &str, ending: &str| -> std::io::Result<Vec<u64>> {
        let entries = std::fs::read_dir(folder.join(part))?.collect::<Result<Vec<_>, _>>()?;
        let files = entries.iter().filter(|entry| entry.path().extension().is_some_and(|found| found == ending));
        files.map(|entry| entry.metadata().map(|data| data.len())).collect()
    };
    match (sizes("blocks", "blk"), std::fs::read_dir(folder.join("wal"))) {
        (Ok(blocks), Ok(log)) => {
            let log: u64 = log.flatten().filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).sum();
            let bytes: u64 = blocks.iter().sum();
            ok("metrics", format!("{}: {} blocks, {} MiB, log {} MiB", folder.display(), blocks.len(), bytes >> 20, log >> 20))
        }
        (Err(error), _) | (_, Err(error)) => {
            fail("metrics", format!("{} cannot be read: {error}", folder.display()), "give the folder to the user that runs the server")
        }
    }
}

async fn of_database(args: &DoctorArgs) -> Vec<Line> {
    let todo = "start the database, or correct --database-url";
    let url = match args.data.url() {
        Ok(url) => url,
        Err(failure) => return vec![fail("database", failure.detail, todo)],
    };
    if let DbUrl::Sqlite(path) = &url
        && !path.exists()
    {
        return vec![warn("database", "there is none yet", "the first `evenkeel serve` makes it")];
    }
    // Opened without bringing its tables up to date: a doctor changes nothing.
    let db = match Db::open(&url, Arc::new(SystemClock), Arc::new(OsRng)).await {
        Ok(db) => db,
        Err(error) => return vec![fail("database", error.to_string(), todo)],
    };
    let mut lines = Vec::new();
    match db.read().await {
        Ok(mut sql) => match inside(&mut sql, &db, args, &mut lines).await {
            Ok(()) => {}
            Err(error) => lines.push(fail("database", error.to_string(), "restore a backup if the file is damaged; otherwise report this")),
        },
        Err(error) => lines.push(fail("database", error.to_string(), todo)),
    }
    db.close().await;
    lines
}

async fn inside(sql: &mut Read, db: &Db, args: &DoctorArgs, lines: &mut Vec<Line>) -> Result<(), StoreError> {
    let applied: Vec<String> = sql
        .rows("SELECT name FROM migration ORDER BY name", params![])
        .await?
        .iter()
        .map(|row| row.text("name"))
        .collect::<Result<_, _>>()?;
    let known = app::migrations();
    let newer = applied.iter().filter(|name| !known.iter().any(|migration| migration.name == **name)).count();
    let missing = known.len().saturating_sub(applied.len() - newer);
    lines.push(match (newer, missing) {
        (0, 0) => ok("database", format!("{}, {} steps, up to date", db.dialect().as_str(), applied.len())),
        (0, missing) => warn(
            "database",
            format!("{}, {missing} steps behind this binary", db.dialect().as_str()),
            "the next start brings it up to date; make a backup first",
        ),
        (newer, _) => fail(
            "database",
            format!("{newer} steps newer than this binary"),
            "use the binary that wrote it, or restore a backup made with this one",
        ),
    });
    if newer > 0 || missing > 0 {
        return Ok(());
    }
    lines.push(ledger(sql).await?);
    lines.push(clock(sql).await?);
    lines.push(workers(sql, db).await?);
    lines.push(messages(sql).await?);
    lines.push(mail(sql, &args.mail).await?);
    Ok(())
}

async fn ledger(sql: &mut dyn Sql) -> Result<Line, StoreError> {
    let position = sql.row("SELECT COALESCE(MAX(seq), 0) AS position FROM ledger_event", params![]).await?;
    let position = position.map_or(Ok(0), |row| row.int("position"))?;
    Ok(match seal::last(sql).await? {
        Some((seal, hash)) if seal.hash() != hash => {
            fail("ledger", format!("its newest seal ({}) does not hold", seal.number), "run `evenkeel ledger verify`; restore a backup")
        }
        Some((seal, _)) => {
            ok("ledger", format!("position {position}, sealed to {} (`evenkeel ledger verify` reads it all)", seal.last_seq))
        }
        None => ok("ledger", format!("position {position}, nothing sealed yet")),
    })
}

async fn clock(sql: &mut dyn Sql) -> Result<Line, StoreError> {
    let now = SystemClock.now();
    let row = sql.row("SELECT recorded_at FROM ledger_event ORDER BY seq DESC LIMIT 1", params![]).await?;
    let last = row.map(|row| row.at("recorded_at")).transpose()?;
    Ok(match last {
        Some(last) if last.duration_since(now).as_secs() > 5 => warn(
            "clock",
            format!("it is {now}, but the ledger was written at {last}"),
            "the clock was set back: turn on time synchronisation (timedatectl set-ntp true)",
        ),
        _ => ok("clock", format!("{now}, zone {}", TimeZone::system().iana_name().unwrap_or("unknown"))),
    })
}

async fn workers(sql: &mut dyn Sql, db: &Db) -> Result<Line, StoreError> {
    let parked: i64 = consumer::positions(sql).await?.iter().map(|(_, _, parked)| parked).sum();
    let (due, late_secs) = timer::lateness(sql, db.clock().now()).await?;
    Ok(if parked > 0 {
        warn(
            "workers",
            format!("{parked} events could not be handled and were set aside"),
            "see the health page and the log; report the error",
        )
    } else if late_secs > 60 {
        warn("workers", format!("{due} timers are due, the oldest since {late_secs} s"), "start the server; if it runs, look at its log")
    } else {
        ok("workers", "nothing set aside, no timer late")
    })
}

async fn messages(sql: &mut dyn Sql) -> Result<Line, StoreError> {
    let (queued, dead) = outbox::counts(sql).await?;
    Ok(if dead > 0 {
        warn(
            "messages",
            format!("{dead} dead letters, {queued} on their way"),
            "look at them in the console under Settings, mend the cause, send them again",
        )
    } else {
        ok("messages", format!("{queued} on their way, no dead letter"))
    })
}

async fn mail(sql: &mut dyn Sql, flags: &MailArgs) -> Result<Line, StoreError> {
    let by_flags = flags.host.clone().filter(|host| !host.is_empty()).map(|host| (host, flags.port, flags.tls.unwrap_or(Tls::Starttls)));
    let declared = definition::notification(sql, app::tenant()).await?.and_then(|declared| declared.smtp);
    let server = by_flags.or_else(|| declared.map(|smtp| (smtp.host, smtp.port, smtp.tls)));
    let Some((host, port, how)) = server else {
        return Ok(warn(
            "mail",
            "no SMTP server is set: mails are kept as files in the data folder",
            "set --smtp-host, or notification.smtp in the configuration",
        ));
    };
    let port = port.unwrap_or(match how {
        Tls::Implicit => 465,
        Tls::Starttls => 587,
        Tls::None => 25,
    });
    Ok(greeted(&host, port, how).await)
}

async fn greeted(host: &str, port: u16, how: Tls) -> Line {
    let todo = "correct host, port or protection; check that a firewall lets it through";
    let greeting = async {
        let mut stream = TcpStream::connect((host, port)).await?;
        if how == Tls::Implicit {
            return Ok(String::from("220"));
        }
        let mut greeting = [0u8; 128];
        let read = stream.read(&mut greeting).await?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&greeting[..read]).into_owned())
    };
    match timeout(GREETING, greeting).await {
        Ok(Ok(text)) if text.starts_with("220") => ok("mail", format!("{host}:{port} answers")),
        Ok(Ok(text)) => {
            fail("mail", format!("{host}:{port} answers, but not as a mail server: {:?}", text.chars().take(40).collect::<String>()), todo)
        }
        Ok(Err(error)) => fail("mail", format!("{host}:{port}: {error}"), todo),
        Err(_) => fail("mail", format!("{host}:{port} does not greet within {} s", GREETING.as_secs()), todo),
    }
}

fn holidays() -> Line {
    let now = SystemClock.now().to_zoned(TimeZone::UTC);
    let (last, this) = (last_published_year(), i64::from(now.year()));
    // The decree for the next year comes out in November.
    if last < this || last == this && now.month() == 12 {
        warn(
            "holidays",
            format!("China's holidays are known up to {last}"),
            "update Evenkeel: due times beyond that year are marked as not yet published",
        )
    } else {
        ok("holidays", format!("China's holidays are known up to {last}"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::{super::database, *};

    #[test]
    fn little_space_is_a_warning_and_none_a_failure() {
        assert_eq!(space(10 << 30).level, Level::Ok);
        assert_eq!(space(1 << 30).level, Level::Warn);
        assert_eq!(space(0).level, Level::Fail);
        assert!(space(0).to_string().contains("→ free space now"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        let line = data_folder(Path::new("/nonexistent/evenkeel"));
        assert_eq!(line.level, Level::Warn);
        assert!(line.to_string().contains("--data DIR"));
    }

    #[tokio::test]
    async fn a_mail_server_is_told_from_something_else_and_from_nothing() {
        for (banner, level) in [("220 mail ESMTP\r\n", Level::Ok), ("SSH-2.0-x\r\n", Level::Fail), ("", Level::Fail)] {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                stream.write_all(banner.as_bytes()).await.unwrap();
            });
            let line = greeted("127.0.0.1", port, Tls::None).await;
            assert_eq!(line.level, level, "{line}");
        }
        assert_eq!(greeted("127.0.0.1", 1, Tls::None).await.level, Level::Fail);
    }

    #[tokio::test]
    async fn a_healthy_house_has_no_failure_and_a_newer_database_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataArgs { data: folder.path().to_owned(), database_url: None };
        database(&data, true).await.unwrap().close().await;
        let args = DoctorArgs { data: data.clone(), mail: MailArgs::default() };
        let lines = of_database(&args).await;
        assert!(lines.iter().all(|line| line.level != Level::Fail), "{lines:#?}");
        assert!(lines.iter().any(|line| line.what == "ledger"));
        let db = database(&data, false).await.unwrap();
        let mut tx = db.write().await.unwrap();
        tx.execute("INSERT INTO migration (name, applied_at) VALUES ('zzz.newer.0001', 0)", params![]).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        let lines = of_database(&args).await;
        assert!(lines.iter().any(|line| line.level == Level::Fail && line.found.contains("newer")), "{lines:#?}");
    }
}
