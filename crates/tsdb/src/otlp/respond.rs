//! The answer to a request.

use super::{Encoding, Received};
use crate::proto::Writer;

/// `ExportMetricsServiceResponse` in the encoding of the request; goes with status 200, also when points were rejected.
pub fn respond(encoding: Encoding, received: &Received) -> Vec<u8> {
    let told = received.rejected > 0 || !received.message.is_empty();
    match encoding {
        Encoding::Protobuf => {
            let mut body = Vec::new();
            if told {
                Writer(&mut body).message(1, |out| {
                    out.uint(1, received.rejected as u64);
                    out.text(2, &received.message);
                });
            }
            body
        }
        Encoding::Json if told => {
            let partial = serde_json::json!({ "rejectedDataPoints": received.rejected.to_string(), "errorMessage": received.message });
            serde_json::json!({ "partialSuccess": partial }).to_string().into_bytes()
        }
        Encoding::Json => b"{}".to_vec(),
    }
}
