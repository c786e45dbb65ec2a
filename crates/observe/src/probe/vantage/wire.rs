//! What the server and a vantage point say to each other. Fields are only ever added, each with a default, and what is not
//! known is passed over: server and agent may be a release apart.

use std::collections::BTreeMap;

use evenkeel_core::id::ProbeId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::probe::look::{Code, LookResult, Outcome, StepSeen};

/// Looks in one batch, at most.
pub const BATCH_MAX: usize = 1000;

/// A probe that a vantage point looks at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Assigned {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ProbeId,
    /// The version of its definition.
    pub version: i64,
    /// The definition as it was applied. An agent that does not understand it says so and does not look.
    pub definition: serde_json::Value,
}

/// What a vantage point has to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Work {
    /// Its probes.
    pub probes: Vec<Assigned>,
}

/// What a look says about its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// It answered as it should.
    Pass,
    /// It did not.
    Fail,
    /// The look proves nothing about the target.
    Unsure,
}

impl From<Outcome> for Said {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => Self::Pass,
            Outcome::Fail => Self::Fail,
            Outcome::Unsure => Self::Unsure,
        }
    }
}

impl From<Said> for Outcome {
    fn from(said: Said) -> Self {
        match said {
            Said::Pass => Self::Pass,
            Said::Fail => Self::Fail,
            Said::Unsure => Self::Unsure,
        }
    }
}

/// A measurement of a look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FarMeasured {
    /// Metric name.
    pub metric: String,
    /// The one label that tells parts of a metric apart, such as `phase`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Value, in the unit the name ends in.
    pub value: f64,
}

/// A look made at a vantage point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FarLook {
    /// 1, 2, 3 … within the agent's run.
    pub seq: u64,
    /// Of which probe.
    #[schema(value_type = String)]
    pub probe: ProbeId,
    /// Of which version of its definition.
    pub version: i64,
    /// When it began, by the clock there.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How long it took, milliseconds.
    pub duration_ms: f64,
    /// What it says.
    pub outcome: Said,
    /// Why it ended as it did; a newer agent may say what this server does not know.
    pub code: String,
    /// What was seen, in the tool's own words.
    pub detail: String,
    /// What was measured.
    #[serde(default)]
    pub samples: Vec<FarMeasured>,
    /// What each step saw, of a look that failed; a body of its last step alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepSeen>,
}

impl FarLook {
    /// A look as it came back. Its number is given by the spool.
    pub fn of(probe: ProbeId, version: i64, at: Timestamp, look: LookResult) -> Self {
        let samples = look.samples.iter().map(|sample| FarMeasured {
            metric: sample.metric.to_owned(),
            labels: sample.label.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            value: sample.value,
        });
        let mut steps = if look.code.outcome() == Outcome::Fail { look.steps } else { Vec::new() };
        let before = steps.len().saturating_sub(1);
        steps.iter_mut().take(before).for_each(|step| step.body = None);
        Self {
            seq: 0,
            steps,
            probe,
            version,
            at: evenkeel_core::time::truncate(at),
            duration_ms: look.duration.as_secs_f64() * 1000.0,
            outcome: look.code.outcome().into(),
            code: look.code.as_str().to_owned(),
            samples: samples.filter(|sample| sample.value.is_finite()).collect(),
            detail: look.detail,
        }
    }

    /// About how many bytes it is on the wire, at most.
    pub fn bytes(&self) -> usize {
        let text = |text: &str| 2 * text.len() + 50;
        let steps: usize =
            self.steps.iter().map(|step| text(&step.name) + text(&step.detail) + text(step.body.as_deref().unwrap_or_default())).sum();
        500 + text(&self.detail) + 150 * self.samples.len() + steps
    }

    /// Whether it says that the line of the vantage point itself was lost.
    pub fn is_uplink_lost(&self) -> bool {
        self.code == Code::UplinkLost.as_str()
    }
}

/// What a vantage point tells, with looks or as a sign of life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Batch {
    /// This run of the agent: another one counts its looks anew.
    pub run: String,
    /// The server's run that it takes itself to speak to; looks are taken by that run alone, so that what another one has
    /// not made durable is sent first.
    #[serde(default)]
    pub to: String,
    /// The agent's version.
    pub agent: String,
    /// When it was sent, by the clock there.
    #[schema(value_type = String, format = DateTime)]
    pub sent_at: Timestamp,
    /// Looks that wait there after these.
    #[serde(default)]
    pub waiting: u64,
    /// Looks that were given up since the agent started, because its spool was full.
    #[serde(default)]
    pub dropped: u64,
    /// Looks in the order in which they came back, 1,000 at most.
    #[serde(default)]
    pub looks: Vec<FarLook>,
}

/// What the server answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Taken {
    /// The server's run: another one has to be sent what is not durable again.
    pub run: String,
    /// Looks up to this number are durable and need not be kept any more.
    pub kept_seq: u64,
}
