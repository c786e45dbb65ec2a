//! Request Tracker 5 of Debian on the same `PostgreSQL`: its own schema, its own web server with two workers, its full-text
//! index. It is told to mail nobody.
//!
//! Its tickets are made by SQL from one that its interface made: through the interface a hundred thousand would take a day.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use evenkeel_stories::{client, process::free_port};
use serde_json::{Value, json};

use super::history;

const DATABASE: &str = "evenkeel_bench_rt";

/// A running Request Tracker.
pub struct Tracker {
    server: Child,
    base: String,
    http: reqwest::Client,
}

/// Runs a statement or a script; what it answers.
fn psql(server: &url::Parts, database: &str, script: &str) -> String {
    let output = Command::new("psql")
        .args(["-h", &server.host, "-p", &server.port, "-U", &server.user, "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtc", script])
        .output()
        .expect("psql, which comes with PostgreSQL");
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The parts of the server's address that Request Tracker is told one by one.
mod url {
    pub struct Parts {
        pub user: String,
        pub host: String,
        pub port: String,
    }

    /// Of `postgres://user@host:port/database`.
    pub fn parts(url: &str) -> Parts {
        let (user, rest) = url.split_once("://").and_then(|(_, rest)| rest.split_once('@')).expect("postgres://user@host:port/database");
        let (host, port) = rest.split('/').next().and_then(|host| host.split_once(':')).expect("a host and a port");
        Parts { user: user.to_owned(), host: host.to_owned(), port: port.to_owned() }
    }
}

impl Tracker {
    /// Sets one up in `folder` with so many tickets, on the server of this address.
    pub async fn start(folder: &Path, server: &str, tickets: u32) -> Self {
        let at = url::parts(server);
        let port = free_port();
        let config = folder.join("RT_SiteConfig.pm");
        fs::create_dir_all(folder.join("more")).expect("a folder");
        fs::write(
            &config,
            format!(
                "Set($rtname, 'bench');\nSet($Organization, 'bench.example');\nSet($WebDomain, '127.0.0.1');\nSet($WebPort, {port});\n\
                 Set($WebPath, '');\nSet($WebBaseURL, 'http://127.0.0.1:{port}');\nSet($WebSecureCookies, 0);\n\
                 Set($DatabaseType, 'Pg');\nSet($DatabaseHost, '{}');\nSet($DatabasePort, {});\nSet($DatabaseName, '{DATABASE}');\n\
                 Set($DatabaseUser, '{DATABASE}');\nSet($DatabasePassword, 'bench');\nSet($DatabaseAdmin, '{}');\n\
                 Set($LogToSyslog, undef);\nSet($LogToSTDERR, 'critical');\nSet($LogDir, '{}');\nSet($MailCommand, 'testfile');\n\
                 Set(%FullTextSearch, Enable => 1, Indexed => 1, Column => 'ContentIndex', Table => 'AttachmentsIndex');\n1;\n",
                at.host,
                at.port,
                at.user,
                folder.display()
            ),
        )
        .expect("a file");
        psql(&at, "postgres", &format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"));
        psql(&at, "postgres", &format!("DROP ROLE IF EXISTS {DATABASE}"));
        let run = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments).env("RT_SITE_CONFIG", &config).env("RT_SITE_CONFIG_DIR", folder.join("more"));
            command
        };
        let done = |program: &str, arguments: &[&str]| {
            let output = run(program, arguments).stdin(Stdio::null()).output();
            let output = output.unwrap_or_else(|error| panic!("{program}: {error}; scripts/ensure.sh bench installs it"));
            assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        };
        done("rt-setup-database-5", &["--action", "init", "--dba", &at.user, "--dba-password", "x"]);
        done("rt-setup-fulltext-index-5", &["--dba", &at.user, "--dba-password", "x", "--noask"]);
        psql(&at, DATABASE, "UPDATE scrips SET disabled = 1; UPDATE objectscrips SET objectid = -1");
        let workers = ["--server", "Starman", "--host", "127.0.0.1", "--port", &port.to_string(), "--workers", "2"];
        let server = run("/usr/share/request-tracker5/libexec/rt-server", &workers).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let base = format!("http://127.0.0.1:{port}");
        let tracker = Self { server: server.expect("rt-server"), base, http: client::http() };
        tracker.sign_in().await;
        let first = tracker.create(&history::title(0), &history::answer(0)).await;
        psql(&at, DATABASE, &copies(&first, tickets));
        tracker
    }

    async fn sign_in(&self) {
        let form = "user=root&pass=password";
        for _ in 0..300 {
            let asked =
                self.http.post(format!("{}/NoAuth/Login.html", self.base)).header("content-type", "application/x-www-form-urlencoded");
            if asked.body(form).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("Request Tracker does not answer at {}", self.base);
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}/REST/2.0/{path}", self.base)).header("referer", format!("{}/", self.base)).json(body);
        let answer = request.send().await.expect("an answer").error_for_status().expect("success");
        answer.json().await.unwrap_or_default()
    }

    /// A new ticket; its number.
    pub async fn create(&self, title: &str, text: &str) -> String {
        let ticket = json!({ "Queue": "General", "Subject": title, "Requestor": "ann@acme.example", "Content": text, "Owner": "root",
            "Status": "open", "Priority": 20 });
        self.post("ticket", &ticket).await["id"].as_str().expect("a number").to_owned()
    }

    /// A public answer.
    pub async fn comment(&self, ticket: &str, text: &str) {
        self.post(&format!("ticket/{ticket}/correspond"), &json!({ "Content": text, "ContentType": "text/plain" })).await;
    }

    /// How many tickets a query finds; a page of fifty comes with it.
    pub async fn list(&self, query: &str, order: &str, page: u32) -> u64 {
        let path = format!(
            "{}/REST/2.0/tickets?query={}&orderby={order}&order=DESC&per_page=50&page={page}&fields=Subject,Status,Owner,Priority,Created",
            self.base,
            client::escaped(query)
        );
        let answer: Value = self.http.get(path).send().await.expect("an answer").json().await.expect("JSON");
        answer["total"].as_u64().unwrap_or_else(|| panic!("{answer}"))
    }

    /// Its processes.
    pub fn ids(&self) -> Vec<u32> {
        let mut ids = vec![self.server.id()];
        ids.extend(crate::account::children(self.server.id()));
        ids
    }
}

impl Drop for Tracker {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.server.id().to_string()).status();
        let _ = self.server.wait();
    }
}

/// Copies of the ticket `first`, with titles and answers of the history: a third of them open, as ours.
fn copies(first: &str, tickets: u32) -> String {
    let syllables = "ARRAY['ba','do','fi','ga','ku','le','mo','ni','ra','so']";
    let hash = "((n::bigint * 2654435761 % 4294967296) / 256)";
    let syllable = |place: u32| format!("({syllables})[1 + ({hash} / {place} % 10)::int]");
    let said = format!("'We are looking into it; the log says ' || {} || {} || {} || 'x.'", syllable(1), syllable(10), syllable(100));
    let made = "timestamp '2024-01-01' + n * interval '7 minutes'";
    format!(
        "BEGIN;
CREATE TEMP TABLE n AS SELECT generate_series(1, {tickets} - 1) AS n;
CREATE TEMP TABLE g AS SELECT * FROM groups WHERE domain = 'RT::Ticket-Role' AND instance = {first};
CREATE TEMP TABLE c AS SELECT * FROM cachedgroupmembers WHERE groupid IN (SELECT id FROM g);
CREATE TEMP TABLE m AS SELECT * FROM groupmembers WHERE groupid IN (SELECT id FROM g);
CREATE TEMP TABLE x AS SELECT * FROM transactions WHERE objecttype = 'RT::Ticket' AND objectid = {first} AND type = 'Create';
CREATE TEMP TABLE a AS SELECT * FROM attachments WHERE transactionid IN (SELECT id FROM x);
INSERT INTO tickets SELECT r.* FROM tickets t, n, LATERAL jsonb_populate_record(t, jsonb_build_object('id', t.id + n, 'effectiveid', t.id + n,
  'subject', '支付接口超时 checkout of order ' || (n::bigint * 31 % 99991) || ' fails at step ' || (n % 17),
  'status', CASE WHEN n % 15 <= 4 THEN 'open' ELSE 'resolved' END, 'created', {made}, 'lastupdated', {made})) r WHERE t.id = {first};
INSERT INTO principals SELECT p.id + n * 4, p.principaltype, p.disabled FROM principals p, n WHERE p.id IN (SELECT id FROM g);
INSERT INTO groups SELECT r.* FROM g, n, LATERAL jsonb_populate_record(g, jsonb_build_object('id', g.id + n * 4, 'instance', {first} + n)) r;
INSERT INTO groupmembers SELECT r.* FROM m, n, LATERAL jsonb_populate_record(m, jsonb_build_object('id', m.id + n * 4, 'groupid', m.groupid + n * 4)) r;
INSERT INTO cachedgroupmembers SELECT r.* FROM c, n, LATERAL jsonb_populate_record(c, jsonb_build_object('id', c.id + n * 8, 'via', c.via + n * 8,
  'groupid', c.groupid + n * 4, 'immediateparentid', c.immediateparentid + n * 4,
  'memberid', CASE WHEN c.memberid = c.groupid THEN c.memberid + n * 4 ELSE c.memberid END)) r;
INSERT INTO transactions SELECT r.* FROM x, n, LATERAL jsonb_populate_record(x, jsonb_build_object('id', x.id + n * 4, 'objectid', {first} + n, 'created', {made})) r;
INSERT INTO attachments SELECT r.* FROM a, n, LATERAL jsonb_populate_record(a, jsonb_build_object('id', a.id + n * 4, 'transactionid', a.transactionid + n * 4,
  'content', {said}, 'created', {made})) r;
INSERT INTO attachmentsindex SELECT a.id, to_tsvector(a.content) FROM attachments a WHERE a.id NOT IN (SELECT id FROM attachmentsindex) AND a.contenttype = 'text/plain';
SELECT setval(s, 10 * {tickets} + 1000000) FROM unnest(ARRAY['tickets_id_seq', 'principals_id_seq', 'groups_id_seq', 'groupmembers_id_seq',
  'cachedgroupmembers_id_seq', 'transactions_id_seq', 'attachments_id_seq']) s;
COMMIT;
ANALYZE;"
    )
}
