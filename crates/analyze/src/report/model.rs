//! A service report as a governed artefact: its states and what moves it from one to the next.

use evenkeel_core::{ErrorCode, Failure, state::ReportState};

/// What somebody does to a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Give it to the reviewer.
    Submit,
    /// Send it back.
    Rework,
    /// Sign it.
    Approve,
    /// Freeze it and give it out.
    Publish,
    /// A restatement took its place.
    Supersede,
}

impl Step {
    /// The word of the operation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Rework => "rework",
            Self::Approve => "approve",
            Self::Publish => "publish",
            Self::Supersede => "supersede",
        }
    }

    const ALL: [Self; 5] = [Self::Submit, Self::Rework, Self::Approve, Self::Publish, Self::Supersede];

    const fn to(self, from: ReportState) -> Option<ReportState> {
        match (from, self) {
            (ReportState::Draft | ReportState::Rework, Self::Submit) => Some(ReportState::InReview),
            (ReportState::InReview | ReportState::Approved, Self::Rework) => Some(ReportState::Rework),
            (ReportState::InReview, Self::Approve) => Some(ReportState::Approved),
            (ReportState::Approved, Self::Publish) => Some(ReportState::Published),
            (ReportState::Published, Self::Supersede) => Some(ReportState::Superseded),
            _ => None,
        }
    }
}

/// The state after `step`, or a refusal that names what is allowed.
///
/// # Errors
/// [`ErrorCode::StateRefused`].
pub fn next(from: ReportState, step: Step) -> Result<ReportState, Failure> {
    step.to(from).ok_or_else(|| {
        let allowed = Step::ALL.into_iter().filter(|step| step.to(from).is_some()).map(Step::as_str);
        Failure::new(ErrorCode::StateRefused, format!("a report that is {from} cannot {}", step.as_str())).allowed(allowed)
    })
}

/// Whether its words and figures may still change.
///
/// # Errors
/// [`ErrorCode::StateRefused`].
pub fn editable(state: ReportState) -> Result<(), Failure> {
    if matches!(state, ReportState::Draft | ReportState::Rework) {
        Ok(())
    } else {
        Err(Failure::new(
            ErrorCode::StateRefused,
            format!("a report that is {state} is not edited; send it back for rework, or restate it"),
        ))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_of_the_domain_and_no_other() {
        use ReportState::{Approved, Draft, InReview, Published, Rework, Superseded};
        let edges: Vec<(ReportState, &str, ReportState)> = ReportState::ALL
            .iter()
            .flat_map(|from| Step::ALL.into_iter().filter_map(|step| Some((*from, step.as_str(), next(*from, step).ok()?))))
            .collect();
        assert_eq!(
            edges,
            [
                (Draft, "submit", InReview),
                (InReview, "rework", Rework),
                (InReview, "approve", Approved),
                (Rework, "submit", InReview),
                (Approved, "rework", Rework),
                (Approved, "publish", Published),
                (Published, "supersede", Superseded),
            ]
        );
    }

    #[test]
    fn a_refusal_names_what_is_allowed() {
        let refusal = next(ReportState::InReview, Step::Publish).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::StateRefused);
        assert_eq!(refusal.allowed, ["rework", "approve"]);
    }
}
