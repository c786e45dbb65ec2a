//! Lines and literals of an IMAP connection, bounded.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};

use super::ImapError;

/// A connection, whatever protects it.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// The longest line, bytes: a search that found half a million mails.
const LINE_BYTES_MAX: usize = 4 << 20;
/// Literals of one response.
const LITERALS_MAX: usize = 8;
/// How long the server may say nothing.
const SILENCE_MAX: Duration = Duration::from_mins(1);
/// Stands in a response's text where a literal was.
pub const LITERAL: char = '\u{fffc}';

/// One response: its text, with [`LITERAL`] where a literal stands, and the literals.
#[derive(Debug, Default)]
pub struct Response {
    pub text: String,
    pub literals: Vec<Vec<u8>>,
}

/// A connection.
pub struct Wire {
    stream: BufReader<Box<dyn Stream>>,
    /// The line under way; it outlives a wait that was given up.
    line: Vec<u8>,
    tags: u32,
}

#[allow(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn broken(error: std::io::Error) -> ImapError {
    ImapError::Unreached(format!("the connection broke: {error}"))
}

async fn in_time<T>(what: impl Future<Output = Result<T, ImapError>>) -> Result<T, ImapError> {
    tokio::time::timeout(SILENCE_MAX, what).await.unwrap_or(Err(ImapError::Silent(SILENCE_MAX.as_secs())))
}

impl Wire {
    pub fn over(stream: Box<dyn Stream>) -> Self {
        Self { stream: BufReader::new(stream), line: Vec::new(), tags: 0 }
    }

    /// The connection itself, to be protected. What was read ahead would have come unprotected (CVE-2011-0411): it is refused.
    pub fn into_inner(self) -> Result<Box<dyn Stream>, ImapError> {
        if self.stream.buffer().is_empty() && self.line.is_empty() {
            Ok(self.stream.into_inner())
        } else {
            Err(ImapError::Protocol("it said something in the clear that belongs under TLS".to_owned()))
        }
    }

    /// Sends a line. Nothing of it is in any log.
    pub async fn send(&mut self, line: &str) -> Result<(), ImapError> {
        in_time(async {
            let stream = self.stream.get_mut();
            stream.write_all(line.as_bytes()).await.map_err(broken)?;
            stream.write_all(b"\r\n").await.map_err(broken)?;
            stream.flush().await.map_err(broken)
        })
        .await
    }

    /// A line without its end; giving up waiting loses nothing.
    pub async fn line(&mut self) -> Result<String, ImapError> {
        loop {
            let room = (LINE_BYTES_MAX + 2).saturating_sub(self.line.len()) as u64;
            if room == 0 {
                return Err(ImapError::Protocol(format!("a line of more than {LINE_BYTES_MAX} bytes")));
            }
            // Cancelled in between, what was read stays in `line`.
            let read = (&mut self.stream).take(room).read_until(b'\n', &mut self.line).await.map_err(broken)?;
            if self.line.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                return Ok(String::from_utf8_lossy(line.strip_suffix(b"\r\n").unwrap_or(&line)).trim_end_matches('\n').to_owned());
            }
            if read == 0 {
                return Err(ImapError::Unreached("the server ended the connection".to_owned()));
            }
        }
    }

    /// The next response; its literals have at most `room` bytes together.
    pub async fn response(&mut self, room: usize) -> Result<Response, ImapError> {
        let mut response = Response::default();
        let mut room = room;
        loop {
            let line = in_time(self.line()).await?;
            let Some((text, bytes)) = literal(&line) else {
                response.text.push_str(&line);
                return Ok(response);
            };
            if bytes > room || response.literals.len() >= LITERALS_MAX {
                return Err(ImapError::Protocol(format!("a literal of {bytes} bytes, more than was asked for")));
            }
            room -= bytes;
            response.text.push_str(text);
            response.text.push(LITERAL);
            let mut literal = vec![0; bytes];
            let mut filled = 0;
            while filled < bytes {
                // Each stretch has its time, so that a slow line is no silent one.
                let read = in_time(async { self.stream.read(&mut literal[filled..]).await.map_err(broken) }).await?;
                if read == 0 {
                    return Err(ImapError::Unreached("the server ended the connection".to_owned()));
                }
                filled += read;
            }
            response.literals.push(literal);
        }
    }

    /// Sends a command; the tag by which its answer is known.
    pub async fn begin(&mut self, command: &str) -> Result<String, ImapError> {
        self.tags = self.tags.wrapping_add(1);
        let tag = format!("e{}", self.tags);
        self.send(&format!("{tag} {command}")).await?;
        Ok(tag)
    }

    /// Sends a command and hands what the server says to `each` until it is done.
    pub async fn run(&mut self, what: &'static str, command: &str, room: usize, mut each: impl FnMut(Response)) -> Result<(), ImapError> {
        let tag = self.begin(command).await?;
        loop {
            let response = self.response(room).await?;
            match done(&response.text, &tag, what) {
                Some(end) => return end,
                None => each(response),
            }
        }
    }
}

/// How the command of this tag ended, when `line` says so.
pub fn done(line: &str, tag: &str, what: &'static str) -> Option<Result<(), ImapError>> {
    let rest = match line.strip_prefix(tag).and_then(|rest| rest.strip_prefix(' ')) {
        Some(rest) => rest,
        None if line.get(..5).is_some_and(|bye| bye.eq_ignore_ascii_case("* BYE")) => line,
        None => return None,
    };
    if rest.get(..2).is_some_and(|ok| ok.eq_ignore_ascii_case("OK")) {
        return Some(Ok(()));
    }
    let said = rest.chars().filter(|letter| !letter.is_control()).take(200).collect();
    Some(Err(ImapError::Refused { what, said }))
}

/// A line that a literal follows: what stands before, and its bytes.
fn literal(line: &str) -> Option<(&str, usize)> {
    let open = line.strip_suffix('}')?;
    let (text, digits) = open.rsplit_once('{')?;
    let digits = digits.strip_suffix('+').unwrap_or(digits);
    (!digits.is_empty() && digits.len() <= 12 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.parse().ok())?
        .map(|bytes| (text, bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn wire(said: &'static [u8]) -> Wire {
        Wire::over(Box::new(tokio::io::join(said, tokio::io::sink())))
    }

    #[tokio::test]
    async fn literals_are_read_whole_and_bounded() {
        let response = wire(b"* 1 FETCH (UID 7 BODY[]<0> {5}\r\na\r\nbc)\r\n").response(100).await.unwrap();
        assert_eq!((response.text.as_str(), &response.literals[0][..]), ("* 1 FETCH (UID 7 BODY[]<0> \u{fffc})", &b"a\r\nbc"[..]));
        assert!(matches!(wire(b"* 1 FETCH (BODY[] {500}\r\n").response(100).await, Err(ImapError::Protocol(_))));
        assert!(matches!(wire(b"* 1 FETCH (BODY[] {50}\r\nabc").response(100).await, Err(ImapError::Unreached(_))));
        assert!(matches!(wire(b"").response(100).await, Err(ImapError::Unreached(_))));
    }

    #[test]
    fn an_answer_is_known_by_its_tag() {
        assert!(done("e1 OK done", "e1", "x").unwrap().is_ok());
        assert!(done("e1 NO no", "e1", "x").unwrap().is_err());
        assert!(done("e11 OK", "e1", "x").is_none());
        assert!(done("* BYE busy", "e1", "x").unwrap().is_err());
        assert!(done("* OK still here", "e1", "x").is_none());
    }
}
