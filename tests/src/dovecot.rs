//! A real IMAP server (Dovecot) with mailboxes of its own, to which mails are delivered as files.

use std::{
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::process::free_port;

/// Whose mails are, when root runs the server: Dovecot reads none as root.
const READER: u32 = 1000;

/// The server; ended when dropped.
pub struct Dovecot {
    pub port: u16,
    folder: PathBuf,
    child: Option<Child>,
    delivered: u64,
}

/// Whether there is one to start; says so when there is not.
pub fn is_there() -> bool {
    let found = ["/usr/sbin/dovecot", "/usr/bin/dovecot"].iter().any(|path| Path::new(path).exists());
    if !found {
        eprintln!("not told: there is no dovecot; scripts/ensure.sh installs it");
    }
    found
}

impl Dovecot {
    /// Starts it with an empty mailbox for each user; every password is right.
    pub fn start(folder: &Path) -> Self {
        let mut server = Self { port: free_port(), folder: folder.to_owned(), child: None, delivered: 0 };
        server.configure();
        server.run();
        server
    }

    fn configure(&self) {
        let (at, port) = (self.folder.display(), self.port);
        std::fs::create_dir_all(self.folder.join("base")).unwrap();
        let me = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
        let (me, root) = (me.trim(), me.trim() == "root");
        let own = if root { String::new() } else { format!("default_internal_user = {me}\ndefault_login_user = {me}\n") };
        let (uid, gid) = if root { (READER, READER) } else { (id("-u"), id("-g")) };
        let config = format!(
            "base_dir = {at}/base\nstate_dir = {at}/state\nlog_path = {at}/dovecot.log\nprotocols = imap\nlisten = 127.0.0.1\nssl = no\n{own}\
             disable_plaintext_auth = no\nmail_location = maildir:{at}/mail/%u\nfirst_valid_uid = {uid}\n\
             passdb {{\n driver = static\n args = nopassword=y\n}}\nuserdb {{\n driver = static\n args = uid={uid} gid={gid} home={at}/home\n}}\n\
             service imap-login {{\n chroot =\n inet_listener imap {{\n  port = {port}\n }}\n inet_listener imaps {{\n  port = 0\n }}\n}}\n\
             service anvil {{\n chroot =\n}}\n"
        );
        std::fs::write(self.folder.join("dovecot.conf"), config).unwrap();
        own_it(&self.folder, root);
    }

    fn run(&mut self) {
        let conf = self.folder.join("dovecot.conf");
        let path = format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("dovecot");
        command.env("PATH", path).args(["-F", "-c"]).arg(conf).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("dovecot did not come up: {}", std::fs::read_to_string(self.folder.join("dovecot.log")).unwrap_or_default());
    }

    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = Command::new("kill").arg(child.id().to_string()).status();
            let _ = child.wait();
        }
    }

    /// Ends it and starts it again: every connection breaks.
    pub fn restart(&mut self) {
        self.end();
        self.run();
    }

    /// Kills the processes that speak with its clients, so that every connection breaks in the middle of whatever was said; how
    /// many those were.
    pub fn cut(&self) -> usize {
        let Some(master) = self.child.as_ref().map(Child::id) else { return 0 };
        let mut cut = 0;
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            // "pid (name) state parent …"
            let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
            let Some((front, rest)) = stat.rsplit_once(')') else { continue };
            let of_ours = rest.split_whitespace().nth(1) == Some(master.to_string().as_str());
            if of_ours && front.ends_with("(imap") {
                cut += usize::from(Command::new("kill").args(["-9", &pid.to_string()]).status().is_ok_and(|status| status.success()));
            }
        }
        cut
    }

    /// Where mails of all users lie, a Maildir each.
    pub fn mail(&self) -> PathBuf {
        self.folder.join("mail")
    }

    /// The same with every mail numbered anew, as after a repair: another UIDVALIDITY.
    pub fn renumber(&mut self, user: &str) {
        self.end();
        for entry in std::fs::read_dir(self.folder.join("mail").join(user)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("dovecot") {
                std::fs::remove_file(path).unwrap();
            }
        }
        // The numbering is the second in which it is made.
        std::thread::sleep(Duration::from_millis(1_100));
        self.run();
    }

    /// Delivers a mail into a user's mailbox, whole or not at all.
    pub fn deliver(&mut self, user: &str, mail: &[u8]) {
        self.delivered += 1;
        let home = self.folder.join("mail").join(user);
        let root = id("-u") == 0;
        for part in ["tmp", "new", "cur"] {
            std::fs::create_dir_all(home.join(part)).unwrap();
        }
        // Dovecot numbers mails in the order of these names.
        let name = format!("17000000{:02}.M{:06}P1.story", self.delivered / 1_000_000, self.delivered % 1_000_000);
        let aside = home.join("tmp").join(&name);
        std::fs::write(&aside, mail).unwrap();
        own_it(&self.folder.join("mail"), root);
        std::fs::rename(aside, home.join("new").join(&name)).unwrap();
    }
}

fn id(what: &str) -> u32 {
    String::from_utf8(Command::new("id").arg(what).output().unwrap().stdout).unwrap().trim().parse().unwrap()
}

/// Hands a folder to whom Dovecot reads as, and lets that one reach it.
fn own_it(folder: &Path, root: bool) {
    if !root {
        return;
    }
    let _ = chown(folder, Some(READER), Some(READER));
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.file_name().is_some_and(|name| name == "base" || name == "state") {
            continue;
        }
        if path.is_dir() { own_it(&path, root) } else { drop(chown(path, Some(READER), Some(READER))) }
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.end();
    }
}
