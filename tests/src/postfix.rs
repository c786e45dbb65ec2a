//! A real mail server (Postfix) of the story's own: it delivers what is for the desk into Dovecot's mailboxes, passes on what is
//! for others, and writes a bounce about what the next server refuses. Its queue and its configuration are its own; the
//! service of the machine is neither needed nor touched.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::process::free_port;

/// Who files are delivered as; Dovecot reads as the same.
const READER: u32 = 1000;
const SBIN: &str = "/usr/sbin/postfix";

/// The server; ended when dropped.
pub struct Postfix {
    pub port: u16,
    folder: PathBuf,
    child: Option<Child>,
    /// The process that it started, by number.
    master: Option<String>,
    line: Option<Line>,
}

/// Whether there is one that may be started here: Postfix's master wants to be started by root. Says so when not.
pub fn is_there() -> bool {
    let found = Path::new(SBIN).exists();
    let root = id() == "0";
    if !found || !root {
        eprintln!("not told through Postfix: {}", if found { "only root may start it" } else { "scripts/ensure.sh installs it" });
    }
    found && root
}

impl Postfix {
    /// Starts it. Mail for `users` at `domain` goes into Maildirs in `mail`; all other mail goes on to `next` at this machine.
    pub fn start(folder: &Path, domain: &str, users: &[&str], mail: &Path, next: u16) -> Self {
        let mut server = Self { port: free_port(), folder: folder.to_owned(), child: None, master: None, line: None };
        server.configure(domain, users, mail, next);
        server.run();
        server
    }

    fn configure(&self, domain: &str, users: &[&str], mail: &Path, next: u16) {
        let at = self.folder.display();
        for part in ["etc", "queue", "data"] {
            std::fs::create_dir_all(self.folder.join(part)).unwrap();
        }
        std::fs::create_dir_all(mail).unwrap();
        std::os::unix::fs::chown(mail, Some(READER), Some(READER)).unwrap();
        assert!(Command::new("chown").arg("postfix").arg(self.folder.join("data")).status().unwrap().success());
        let boxes: Vec<String> = users.iter().map(|user| format!("{{ {user}@{domain} = {user}/ }}")).collect();
        // As on a server of a small house: its own domain is delivered, everything else is passed on. One delivery after the
        // other, so that mails arrive in the order in which they were handed over; nothing waits, nothing is limited.
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {at}/queue\ndata_directory = {at}/data\nmaillog_file = {at}/mail.log\n\
             maillog_file_prefixes = {at}\nmail_owner = postfix\nsetgid_group = postdrop\nmyhostname = mx.{domain}\nmydestination =\n\
             inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmynetworks = 127.0.0.0/8\nsmtpd_relay_restrictions = permit_mynetworks, reject\n\
             local_header_rewrite_clients =\nalias_maps =\nalias_database =\nlocal_recipient_maps =\nbiff = no\n\
             virtual_mailbox_domains = {domain}\nvirtual_mailbox_base = {mail}\nvirtual_mailbox_maps = inline:{{ {boxes} }}\n\
             virtual_uid_maps = static:{READER}\nvirtual_gid_maps = static:{READER}\nvirtual_mailbox_limit = 0\n\
             virtual_destination_concurrency_limit = 1\nvirtual_destination_recipient_limit = 1\n\
             relayhost = [127.0.0.1]:{next}\nsmtp_dns_support_level = disabled\nsmtp_host_lookup = native\nsmtp_tls_security_level = none\n\
             message_size_limit = 67108864\nin_flow_delay = 0\nqueue_run_delay = 2s\nminimal_backoff_time = 1s\nmaximal_backoff_time = 2s\n\
             smtpd_client_connection_count_limit = 0\n",
            mail = mail.display(),
            boxes = boxes.join(", "),
        );
        let service = |name: &str, kind: &str, most: &str, wake: &str, command: &str| {
            // Whoever hands mail over, and whoever writes the log, speaks to these from outside; who delivers becomes the receiver.
            let public = kind != "unix" || matches!(name, "cleanup" | "qmgr" | "flush");
            let (public, privileged) = (if public { "n" } else { "-" }, if name == "virtual" { "n" } else { "-" });
            format!("{name} {kind} {public} {privileged} n {wake} {most} {command}\n")
        };
        let master = [
            service(&format!("127.0.0.1:{}", self.port), "inet", "-", "-", "smtpd"),
            service("cleanup", "unix", "0", "-", "cleanup"),
            service("qmgr", "unix", "1", "2", "qmgr"),
            service("rewrite", "unix", "-", "-", "trivial-rewrite"),
            service("bounce", "unix", "0", "-", "bounce"),
            service("defer", "unix", "0", "-", "bounce"),
            service("trace", "unix", "0", "-", "bounce"),
            service("proxymap", "unix", "-", "-", "proxymap"),
            service("smtp", "unix", "-", "-", "smtp"),
            service("relay", "unix", "-", "-", "smtp"),
            service("error", "unix", "-", "-", "error"),
            service("retry", "unix", "-", "-", "error"),
            service("virtual", "unix", "1", "-", "virtual"),
            service("anvil", "unix", "1", "-", "anvil"),
            service("flush", "unix", "0", "-", "flush"),
            service("postlog", "unix-dgram", "1", "-", "postlogd"),
        ]
        .concat();
        std::fs::write(self.folder.join("etc/main.cf"), main).unwrap();
        std::fs::write(self.folder.join("etc/master.cf"), master).unwrap();
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("mail.log")).unwrap_or_default()
    }

    fn run(&mut self) {
        let mut command = Command::new(SBIN);
        command.arg("-c").arg(self.folder.join("etc")).arg("start-fg").env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        let said = std::fs::File::create(self.folder.join("said.log")).unwrap();
        self.child = Some(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said).spawn().unwrap());
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_mins(1) {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                let master = std::fs::read_to_string(self.folder.join("queue/pid/master.pid"));
                self.master = master.ok().map(|pid| pid.trim().to_owned());
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let said = std::fs::read_to_string(self.folder.join("said.log")).unwrap_or_default();
        panic!("postfix did not come up: {said}{}", self.log());
    }

    /// Hands a mail over, as a sender's server would; it is in the queue, on the disk, when this returns.
    pub fn hand_over(&mut self, from: &str, to: &str, mail: &[u8]) {
        let mut line = self.line.take().unwrap_or_else(|| Line::open(self.port));
        line.say(&format!("MAIL FROM:<{from}> BODY=8BITMIME"), "250");
        line.say(&format!("RCPT TO:<{to}>"), "250");
        line.say("DATA", "354");
        let mut stuffed = Vec::with_capacity(mail.len() + 64);
        for part in mail.split_inclusive(|byte| *byte == b'\n') {
            if part.starts_with(b".") {
                stuffed.push(b'.');
            }
            stuffed.extend_from_slice(part);
        }
        if !stuffed.ends_with(b"\r\n") {
            stuffed.extend_from_slice(b"\r\n");
        }
        line.writer.write_all(&stuffed).unwrap();
        line.say(".", "250");
        self.line = Some(line);
    }

    /// Waits until everything that was handed over is delivered, or is to be tried again.
    pub fn settle(&self) {
        let waits =
            |part: &str| std::fs::read_dir(self.folder.join("queue").join(part)).unwrap().flatten().any(|entry| entry.path().is_file());
        let begun = Instant::now();
        while waits("incoming") || waits("active") {
            assert!(begun.elapsed() < Duration::from_mins(1), "Postfix did not deliver: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn end(&mut self) {
        self.line = None;
        if let Some(mut child) = self.child.take() {
            // What was started is a shell that waits for the master, and ends with it.
            let _ = Command::new("kill").arg(self.master.take().unwrap_or_else(|| child.id().to_string())).status();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(30).collect();
            eprintln!("--- Postfix said last:");
            tail.iter().rev().for_each(|line| eprintln!("    {line}"));
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.end();
    }
}

/// A conversation with it.
struct Line {
    writer: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Line {
    fn open(port: u16) -> Self {
        let writer = TcpStream::connect(("127.0.0.1", port)).unwrap();
        writer.set_nodelay(true).unwrap();
        writer.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let reader = BufReader::new(writer.try_clone().unwrap());
        let mut line = Self { writer, reader };
        line.heard("220");
        line.say("EHLO sender.example", "250");
        line
    }

    fn say(&mut self, words: &str, wanted: &str) {
        self.writer.write_all(format!("{words}\r\n").as_bytes()).unwrap();
        self.heard(wanted);
    }

    fn heard(&mut self, wanted: &str) {
        loop {
            let mut said = String::new();
            self.reader.read_line(&mut said).unwrap();
            assert!(said.starts_with(wanted), "Postfix said {said:?}, not {wanted}");
            if said.as_bytes().get(3) != Some(&b'-') {
                return;
            }
        }
    }
}

fn id() -> String {
    String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim().to_owned()
}
