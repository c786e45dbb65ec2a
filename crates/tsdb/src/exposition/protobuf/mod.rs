//! Delimited `io.prometheus.client.MetricFamily` messages, with native histograms.

mod family;
mod histogram;
mod metric;

use super::{Options, ParseError};
use crate::{
    batch::{Batch, NotUnique},
    proto::{Broken, Message},
};

/// Reads a page.
pub(super) fn parse(body: &[u8], default_at_ms: i64, options: &Options, batch: &mut Batch) -> Result<(), ParseError> {
    let mut families = Message(body);
    let mut count = 0usize;
    while !families.is_empty() {
        count += 1;
        let read =
            families.delimited().map_err(Wrong::from).and_then(|family| family::read(Message(family), default_at_ms, options, batch));
        read.map_err(|wrong| ParseError::page(format!("metric family {count}: {}", wrong.0)))?;
    }
    Ok(())
}

/// What is wrong with a family.
#[derive(Debug)]
struct Wrong(String);

impl From<Broken> for Wrong {
    fn from(broken: Broken) -> Self {
        Self(broken.to_string())
    }
}

impl From<NotUnique> for Wrong {
    fn from(twice: NotUnique) -> Self {
        Self(format!("{twice}: a label has one value"))
    }
}
