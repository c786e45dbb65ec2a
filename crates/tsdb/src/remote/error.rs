//! Why a request could not be read.

use crate::{
    batch::{Batch, NotUnique},
    proto::Broken,
};

use super::{Bounds, Received};

/// Why, and with which HTTP status to answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// Another message or encoding than we read.
    #[error("{0}")]
    Media(String),
    /// Not snappy.
    #[error("the body is not one snappy block: remote-write sends the block format, not frames")]
    Snappy,
    /// Not the message it claims to be.
    #[error("the body is not the protobuf message that its content type names")]
    Message,
    /// Too much at once.
    #[error("{0}")]
    TooLarge(String),
    /// A series or a sample that cannot be.
    #[error("{0}")]
    Invalid(String),
}

impl RemoteError {
    /// The HTTP status of the answer.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Media(_) => 415,
            Self::TooLarge(_) => 413,
            Self::Snappy | Self::Message | Self::Invalid(_) => 400,
        }
    }
}

impl From<Broken> for RemoteError {
    fn from(_: Broken) -> Self {
        Self::Message
    }
}

impl From<NotUnique> for RemoteError {
    fn from(twice: NotUnique) -> Self {
        Self::Invalid(format!("{twice} in one series"))
    }
}

impl Received {
    /// Counts one more of either kind.
    pub(super) fn count(&mut self, histogram: bool, bounds: &Bounds) -> Result<(), RemoteError> {
        *(if histogram { &mut self.histograms } else { &mut self.samples }) += 1;
        if self.samples + self.histograms > bounds.samples_max {
            return Err(RemoteError::TooLarge(format!(
                "more than {} samples in one request (limit samples_max): send fewer at once",
                bounds.samples_max
            )));
        }
        Ok(())
    }
}

/// Whether the labels pushed so far are within bounds.
pub(super) fn bounded(batch: &Batch, bounds: &Bounds) -> Result<(), RemoteError> {
    if batch.pending_labels() > bounds.labels_max {
        return Err(RemoteError::Invalid(format!("a series has more than {} labels (limit labels_max)", bounds.labels_max)));
    }
    if batch.labels_len() > bounds.labels_together_max {
        return Err(RemoteError::TooLarge(format!(
            "more than {} labels in one request (limit labels_together_max): send fewer series at once",
            bounds.labels_together_max
        )));
    }
    Ok(())
}
