//! Prometheus remote-write, 1.0 (`prometheus.WriteRequest`) and 2.0 (`io.prometheus.write.v2.Request`), read and written.
//!
//! A body is one snappy block. Its unpacked size stands in its first bytes and is looked at before anything is unpacked.

mod encode;
mod error;
mod histogram;
mod v1;
mod v2;

pub use encode::encode;
pub use error::RemoteError;

use crate::batch::Batch;

/// The version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// `prometheus.WriteRequest`
    V1,
    /// `io.prometheus.write.v2.Request`
    V2,
}

impl Version {
    /// From a request's `Content-Type` and `Content-Encoding`.
    ///
    /// # Errors
    /// [`RemoteError::Media`] when it is neither; the answer is 415, upon which a sender falls back to another version.
    pub fn from_headers(content_type: &str, content_encoding: &str) -> Result<Self, RemoteError> {
        let mut parts = content_type.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default();
        if !media.eq_ignore_ascii_case("application/x-protobuf") {
            return Err(RemoteError::Media(format!("the content type {content_type:?} is not application/x-protobuf")));
        }
        if !content_encoding.trim().eq_ignore_ascii_case("snappy") {
            return Err(RemoteError::Media(format!("the content encoding {content_encoding:?} is not snappy")));
        }
        let proto = parts.find_map(|part| part.strip_prefix("proto=")).map(|name| name.trim_matches('"'));
        match proto {
            // Senders of 1.0 do not say.
            None | Some("" | "prometheus.WriteRequest") => Ok(Self::V1),
            Some("io.prometheus.write.v2.Request") => Ok(Self::V2),
            Some(other) => Err(RemoteError::Media(format!(
                "the message {other:?} is unknown: prometheus.WriteRequest and io.prometheus.write.v2.Request are read"
            ))),
        }
    }

    /// The content type of a request.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::V1 => "application/x-protobuf",
            Self::V2 => "application/x-protobuf;proto=io.prometheus.write.v2.Request",
        }
    }

    /// The value of the header `X-Prometheus-Remote-Write-Version`.
    pub const fn header(self) -> &'static str {
        match self {
            Self::V1 => "0.1.0",
            Self::V2 => "2.0.0",
        }
    }
}

/// Bounds of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes at most, unpacked.
    pub unpacked_bytes_max: usize,
    /// Samples at most, floats and histograms together.
    pub samples_max: usize,
    /// Labels of one series at most.
    pub labels_max: usize,
    /// Labels of all series together at most: in 2.0 one takes two bytes on the wire and many more here.
    pub labels_together_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { unpacked_bytes_max: 32 << 20, samples_max: 1_000_000, labels_max: 256, labels_together_max: 8_000_000 }
    }
}

/// What was in a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Received {
    /// Floats.
    pub samples: usize,
    /// Native histograms.
    pub histograms: usize,
    /// Exemplars.
    pub exemplars: usize,
    /// Series that cannot be: no name, a label twice, a histogram that contradicts itself. Nothing of them is in the batch; the
    /// answer, after the others were taken, is 400 with [`Self::reason`], so that the sender does not send them again.
    pub refused_series: usize,
    /// What was wrong with the first of them.
    pub reason: Option<String>,
}

/// Reads a request into a batch. Series that cannot be are left out and counted; the others are read.
///
/// # Errors
/// As [`RemoteError`] says. The batch then holds a part: clear it.
pub fn decode(version: Version, body: &[u8], bounds: &Bounds, batch: &mut Batch) -> Result<Received, RemoteError> {
    let claimed = snap::raw::decompress_len(body).map_err(|_| RemoteError::Snappy)?;
    if claimed > bounds.unpacked_bytes_max {
        return Err(RemoteError::TooLarge(format!(
            "the request has {claimed} bytes unpacked, more than unpacked_bytes_max allows ({}): send fewer samples at once",
            bounds.unpacked_bytes_max
        )));
    }
    // One snappy block is at most some 21 times smaller than what it holds: who claims more lies, and gets no memory for it.
    if claimed / 64 > body.len() {
        return Err(RemoteError::Snappy);
    }
    let mut unpacked = std::mem::take(&mut batch.scratch);
    unpacked.clear();
    unpacked.resize(claimed, 0);
    let read = snap::raw::Decoder::new().decompress(body, &mut unpacked).map_err(|_| RemoteError::Snappy).and_then(|bytes| {
        let message = unpacked.get(..bytes).unwrap_or_default();
        match version {
            Version::V1 => v1::read(message, bounds, batch),
            Version::V2 => v2::read(message, bounds, batch),
        }
    });
    batch.scratch = unpacked;
    read
}

impl Received {
    /// Reads one series, or leaves it out.
    fn one(&mut self, batch: &mut Batch, read: impl FnOnce(&mut Batch, &mut Self) -> Result<(), RemoteError>) -> Result<(), RemoteError> {
        let (before, rows) = (self.clone_counts(), batch.len());
        match read(batch, self) {
            Err(RemoteError::Invalid(why)) => {
                batch.truncate(rows);
                (self.samples, self.histograms, self.exemplars) = before;
                self.refused_series += 1;
                self.reason.get_or_insert(why);
                Ok(())
            }
            other => other,
        }
    }

    const fn clone_counts(&self) -> (usize, usize, usize) {
        (self.samples, self.histograms, self.exemplars)
    }
}

#[cfg(test)]
mod tests;
