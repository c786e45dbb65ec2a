//! Asks the questions again when there may be another engine: at the start, when its version is another, when it was away.

use std::{sync::Arc, time::Duration};

use evenkeel_core::Clock;

use super::{Known, Profile, ask::profile};
use crate::metric::remote::Api;

/// Between two looks at the version.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// The same, while the engine is not there or its profile failed.
const AGAIN_AFTER: Duration = Duration::from_secs(15);

/// Keeps what is known of the engine.
pub struct Profiler {
    pub(in crate::metric::remote) api: Api,
    pub(in crate::metric::remote) clock: Arc<dyn Clock>,
    pub(in crate::metric::remote) known: Arc<Known>,
}

impl Profiler {
    /// Runs for ever; whoever drops it ends it.
    pub async fn run(self) {
        loop {
            match profile(&self.api, self.clock.as_ref()).await {
                Ok(found) => {
                    let version = found.version.clone();
                    self.told(&found);
                    self.known.found(found);
                    self.until_another(&version).await;
                }
                Err(why) => {
                    self.known.failed(&why);
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
            }
        }
    }

    /// An engine that was away may have come back as another.
    async fn until_another(&self, version: &str) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            match self.api.version().await {
                Ok(now) if now == version => {}
                _ => return,
            }
        }
    }

    fn told(&self, found: &Profile) {
        let engine = self.api.options().engine.name();
        tracing::info!(
            engine,
            version = found.version,
            exact = found.exact(),
            questions = found.checks.len(),
            "the other metric engine was asked how exact it is"
        );
    }
}
