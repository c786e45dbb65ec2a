//! A bounded answer, unpacked.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use http::{HeaderName, Response, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::Down;

/// How long an answer may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    /// Bytes at most, packed and unpacked.
    pub bytes: u64,
    /// What the limit is called, for who reads the error.
    pub name: &'static str,
}

/// Reads a body. `room` is how long the one before was; `came` is told how much there is so far.
///
/// # Errors
/// When it breaks off, is longer than the limit, or is packed in another way than gzip.
pub(crate) async fn read(
    response: Response<Incoming>,
    address: &str,
    limit: Limit,
    room: usize,
    mut came: impl FnMut(usize) + Send,
) -> Result<Vec<u8>, Down> {
    let header = |name: HeaderName| response.headers().get(name).and_then(|text| text.to_str().ok()).unwrap_or_default().to_owned();
    let encoding = header(header::CONTENT_ENCODING).to_ascii_lowercase();
    let packed = match encoding.as_str() {
        "" | "identity" => false,
        "gzip" | "x-gzip" => true,
        _ => return Err(Down::new("protocol", format!("the answer is encoded as {encoding:?}; only gzip is unpacked"))),
    };
    let too_large = || Down::new("body_size_limit", format!("the answer has more than {} bytes ({})", limit.bytes, limit.name));
    let most = usize::try_from(limit.bytes).unwrap_or(usize::MAX);
    let mut body = response.into_body();
    let mut bytes: Vec<u8> = Vec::with_capacity(room.min(most));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Down::of_http(&error, address))?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > most {
            return Err(too_large());
        }
        bytes.extend_from_slice(&data);
        came(bytes.len());
    }
    if !packed {
        return Ok(bytes);
    }
    let mut plain = Vec::with_capacity(bytes.len().saturating_mul(8).min(most));
    let mut unpack = MultiGzDecoder::new(bytes.as_slice()).take(limit.bytes.saturating_add(1));
    unpack.read_to_end(&mut plain).map_err(|error| Down::new("protocol", format!("the answer's gzip cannot be unpacked: {error}")))?;
    if plain.len() > most {
        return Err(too_large());
    }
    Ok(plain)
}
