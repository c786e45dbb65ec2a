//! Two hundred mails as a desk gets them, and what must become of them.

/// A mail and the mailbox it goes to.
pub struct Post {
    pub to: &'static str,
    pub bytes: Vec<u8>,
    pub way: Way,
}

/// How a mail comes into a mailbox.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A mail server delivers it.
    Delivered,
    /// It was copied there as it is, as when a mailbox is restored from a backup: a server would have stamped it.
    Copied,
}

/// What must have become of all of them.
#[derive(Default)]
pub struct Expected {
    pub incidents: usize,
    pub taken: usize,
    pub held: usize,
    pub ignored: usize,
    /// Titles that are there exactly once.
    pub titles: Vec<String>,
    /// How many notes the incident of a title has.
    pub notes: Vec<(String, usize)>,
}

/// The beginning of a zip file, and what nobody looks into.
pub const ZIP: &[u8] = b"PK\x03\x04 never opened \x00\xff";
/// Threads that get a reply.
const THREADS: usize = 50;
/// Replies a thread.
const REPLIES: usize = 2;

/// A mail with more header fields.
pub fn mail(id: &str, from: &str, subject: &str, more: &str, body: &str) -> Vec<u8> {
    let to = if more.contains("To: strict") || more.starts_with("To: ") { "" } else { "To: desk@keel.example\r\n" };
    format!(
        "From: {from}\r\n{to}Subject: {subject}\r\nDate: Mon, 2 Mar 2026 10:00:00 +0800\r\nMessage-ID: <{id}@acme.example>\r\n{more}\r\n{body}\r\n"
    )
    .into_bytes()
}

/// A plain mail.
pub fn plain(id: &str, from: &str, subject: &str, body: &str) -> Vec<u8> {
    mail(id, from, subject, "", body)
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + bytes.len() / 57 * 2 + 8);
    for (index, three) in bytes.chunks(3).enumerate() {
        let word = three.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for letter in 0..4 {
            out.push(if letter > three.len() { '=' } else { char::from(LETTERS[(word >> (18 - 6 * letter) & 63) as usize]) });
        }
        if index % 19 == 18 {
            out.push_str("\r\n");
        }
    }
    out
}

fn with_file(id: &str, subject: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let more = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    mail(id, CORA, subject, more, &body_with_file(name, bytes))
}

fn body_with_file(name: &str, bytes: &[u8]) -> String {
    format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; \
         filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--",
        base64(bytes)
    )
}

/// An answer with a file.
pub fn reply_with_file(id: &str, from: &str, answers: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let more = format!("In-Reply-To: {answers}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n");
    mail(id, from, "Re: with a file", &more, &body_with_file(name, bytes))
}

fn bounce(id: &str, about: &str) -> Vec<u8> {
    let more = "Return-Path: <>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n";
    let body = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; \
         mx.acme.example\r\n\r\nFinal-Recipient: rfc822; gone@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--b\r\nContent-Type: \
         text/rfc822-headers\r\n\r\nMessage-ID: <{about}@acme.example>\r\nSubject: x\r\n--b--"
    );
    mail(id, "MAILER-DAEMON@mx.acme.example", "Undelivered Mail", more, &body)
}

const CORA: &str = "Cora <cora@acme.example>";

#[derive(Default)]
struct Mails {
    posts: Vec<Post>,
    expected: Expected,
}

impl Mails {
    fn put(&mut self, bytes: Vec<u8>) {
        self.posts.push(Post { to: "desk", bytes, way: Way::Delivered });
    }
    fn copied_twice(&mut self, title: &str, bytes: &[u8]) {
        self.opens(title, bytes.to_vec());
        self.put(bytes.to_vec());
        self.posts.iter_mut().rev().take(2).for_each(|post| post.way = Way::Copied);
    }
    fn opens(&mut self, title: &str, bytes: Vec<u8>) {
        self.put(bytes);
        self.expected.incidents += 1;
        self.expected.taken += 1;
        self.expected.titles.push(title.to_owned());
    }
    fn joins(&mut self, bytes: Vec<u8>) {
        self.put(bytes);
        self.expected.taken += 1;
    }
    fn held(&mut self, bytes: Vec<u8>) {
        self.put(bytes);
        self.expected.held += 1;
    }
    fn ignored(&mut self, bytes: Vec<u8>) {
        self.put(bytes);
        self.expected.ignored += 1;
    }
}

/// The mails in the order in which they come.
pub fn corpus() -> (Vec<Post>, Expected) {
    let mut all = Mails::default();
    let root = |index: usize| format!("root{index}");
    for index in 0..THREADS {
        let title = format!("trouble {index}");
        all.opens(&title, plain(&root(index), CORA, &title, "It is broken."));
    }
    for index in 0..THREADS * REPLIES {
        let thread = index % THREADS;
        let more = format!("In-Reply-To: <root{thread}@acme.example>\r\nReferences: <root{thread}@acme.example>\r\n");
        all.joins(mail(&format!("reply{index}"), CORA, &format!("Re: trouble {thread}"), &more, "More about it.\r\n> It is broken."));
    }
    // The same mail again, by another way.
    for index in 0..10 {
        let again = plain(&root(index), CORA, &format!("trouble {index}"), "It is broken.");
        all.put([b"Received: from elsewhere.example by mx.keel.example; Mon, 2 Mar 2026 10:01:00 +0800\r\n".to_vec(), again].concat());
    }
    machines(&mut all);
    oddities(&mut all);
    // Each reply is a note, and so is the mail that began; ten threads have a machine's remark besides.
    for index in 0..THREADS {
        let remarks = usize::from(index < 6) + usize::from((10..14).contains(&index));
        all.expected.notes.push((format!("trouble {index}"), 1 + REPLIES + remarks));
    }
    (all.posts, all.expected)
}

fn machines(all: &mut Mails) {
    for index in 0..6 {
        let more = format!("In-Reply-To: <root{index}@acme.example>\r\nAuto-Submitted: auto-replied\r\n");
        all.joins(mail(&format!("away{index}"), CORA, "Out of office", &more, "I am away."));
    }
    for index in 10..14 {
        all.joins(bounce(&format!("bounce{index}"), &format!("root{index}")));
    }
    for index in 0..3 {
        all.held(mail(&format!("auto{index}"), CORA, "自动回复: 我在休假", "", "I am away."));
        all.held(bounce(&format!("lost{index}"), &format!("unknown{index}")));
        all.held(mail(
            &format!("news{index}"),
            "news@else.example",
            "Offers",
            "List-Unsubscribe: <https://else.example>\r\nPrecedence: bulk\r\n",
            "Buy.",
        ));
    }
    for index in 0..2 {
        all.ignored(mail(&format!("loop{index}"), CORA, "Re: x", "X-Evenkeel-Loop: desk@keel.example\r\n", "Round and round."));
    }
}

fn oddities(all: &mut Mails) {
    for index in 0..5 {
        let title = format!("without an id {index}");
        let text = String::from_utf8(plain("x", CORA, &title, "No id.")).unwrap().replace("Message-ID: <x@acme.example>\r\n", "");
        if index == 0 {
            all.copied_twice(&title, text.as_bytes());
        } else {
            all.opens(&title, text.into_bytes());
        }
    }
    // Strangers, one of whom knows a tag and nothing else.
    for index in 0..5 {
        let title = format!("stranger {index}");
        all.opens(&title, plain(&format!("stranger{index}"), &format!("stranger{index}@else.example"), &title, "Hello."));
    }
    all.opens("mine now", plain("spoof", "evil@else.example", "[INC-1001] mine now", "Let me in."));
    // Two different mails under one Message-ID: both are there, in one incident.
    all.opens("same id", plain("same", CORA, "same id", "One."));
    all.joins(plain("same", CORA, "same id", "Two."));
    all.opens("broken MIME", mail("mime1", CORA, "broken MIME", "Content-Type: multipart/mixed; boundary=never\r\n", "--other\r\nno end"));
    all.opens("bad base64", mail("mime2", CORA, "bad base64", "Content-Transfer-Encoding: base64\r\n", "!!!! not base64 ====\r\n"));
    all.opens("unknown charset", mail("mime3", CORA, "unknown charset", "Content-Type: text/plain; charset=klingon\r\n", "qapla'"));
    let gb = mail(
        "gb",
        CORA,
        "=?GB18030?B?yczN6rTysru/qsHL?=",
        "Content-Type: text/plain; charset=GB18030\r\nContent-Transfer-Encoding: 8bit\r\n",
        "",
    );
    all.opens("商完打不开了", [gb, vec![0xc4, 0xfa, 0xba, 0xc3]].concat());
    all.opens("with a zip", with_file("zip", "with a zip", "logs.zip", ZIP));
    all.opens("with winmail.dat", with_file("tnef", "with winmail.dat", "winmail.dat", b"\x78\x9f\x3e\x22 what Outlook wraps"));
    all.opens("with 30 MB", with_file("large", "with 30 MB", "huge.bin", &vec![0xa5; 30 << 20]));
    let many: Vec<String> = (0..1_000).map(|index| format!("p{index}@acme.example")).collect();
    all.opens("to a thousand", mail("many", CORA, "to a thousand", &format!("To: {}\r\n", many.join(",\r\n ")), "Hello all."));
    let html = "<html><head><style>p{}</style><script>alert('x')</script></head><body><p>It <b>hurts</b>.<img src=x onerror=alert(1)></p></body></html>";
    all.opens(
        "with a script",
        mail("script", CORA, "with a script", "Content-Type: text/html; charset=utf-8\r\n", &html.replace("<b>hurts</b>", "hurts")),
    );
    all.opens("forged  Bcc: evil@else.example", mail("forge", CORA, "=?UTF-8?Q?forged=0D=0ABcc:_evil@else.example?=", "", "Hello."));
    // No header at all: a ticket all the same, with the bytes.
    all.opens("A mail that could not be read", b"\r\n\x00\x01\x02 this is no mail".to_vec());
}
