//! What answers add up to, pure. Silence is counted as silence.

use std::collections::BTreeMap;

use evenkeel_core::state::SurveyState;
use serde::Serialize;
use utoipa::ToSchema;

use super::definition::Scale;

/// How many stand where, with which score.
pub(super) type Counts = BTreeMap<(SurveyState, Option<i64>), i64>;

/// The figures of a survey. Every number opens to the answers behind it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(super) struct SurveyFigures {
    /// Reached somebody: answered, unanswered and declined together.
    pub sent: i64,
    /// Answered: the n of the figures below.
    pub answered: i64,
    /// Reached somebody who has not answered, or did not in time.
    pub unanswered: i64,
    /// Reached somebody who does not want to answer.
    pub declined: i64,
    /// Reached nobody; in none of the other numbers.
    pub undelivered: i64,
    /// Not left yet.
    pub waiting: i64,
    /// The mean score; none without answers.
    pub mean: Option<f64>,
    /// Satisfaction, percent: scores of 4 and 5 of 5. Of `csat` only.
    pub csat_percent: Option<f64>,
    /// Net promoter score, −100 to 100: percent of 9 and 10 less percent of 0 to 6. Of `nps` only.
    pub nps: Option<f64>,
    /// How often each score was given, from the lowest to the highest.
    pub scores: Vec<ScoreCount>,
}

/// How often a score was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ScoreCount {
    /// The score.
    pub score: i64,
    /// How often.
    pub n: i64,
}

/// Adds up.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(super) fn figures(scale: Scale, counts: &Counts) -> SurveyFigures {
    let of = |states: &[SurveyState]| counts.iter().filter(|((state, _), _)| states.contains(state)).map(|(_, n)| n).sum::<i64>();
    let (answered, declined) = (of(&[SurveyState::Answered]), of(&[SurveyState::Declined]));
    let unanswered = of(&[SurveyState::Sent, SurveyState::Expired]);
    let given = |wanted: std::ops::RangeInclusive<i64>| {
        let fits = |(state, score): &(SurveyState, Option<i64>)| {
            *state == SurveyState::Answered && score.is_some_and(|score| wanted.contains(&score))
        };
        counts.iter().filter(|(key, _)| fits(key)).map(|(_, n)| n).sum::<i64>()
    };
    let percent = |n: i64| 100.0 * n as f64 / answered as f64;
    let sum: i64 =
        counts.iter().filter(|((state, _), _)| *state == SurveyState::Answered).map(|((_, score), n)| score.unwrap_or(0) * n).sum();
    let (low, high) = scale.range();
    let any = answered > 0;
    SurveyFigures {
        sent: answered + declined + unanswered,
        answered,
        unanswered,
        declined,
        undelivered: of(&[SurveyState::Undelivered]),
        waiting: of(&[SurveyState::Waiting]),
        mean: any.then(|| sum as f64 / answered as f64),
        csat_percent: (any && scale == Scale::Csat).then(|| percent(given(4..=5))),
        nps: (any && scale == Scale::Nps).then(|| percent(given(9..=10)) - percent(given(0..=6))),
        scores: (low..=high).map(|score| ScoreCount { score, n: given(score..=score) }).collect(),
    }
}

#[cfg(test)]
mod tests {
    use SurveyState::{Answered, Declined, Expired, Sent, Undelivered, Waiting};

    use super::*;

    #[test]
    fn silence_is_no_satisfaction() {
        let counts = Counts::from([
            ((Answered, Some(5)), 3),
            ((Answered, Some(4)), 1),
            ((Answered, Some(1)), 1),
            ((Sent, None), 4),
            ((Expired, None), 6),
            ((Declined, None), 2),
            ((Undelivered, None), 7),
            ((Waiting, None), 9),
        ]);
        let found = figures(Scale::Csat, &counts);
        assert_eq!((found.sent, found.answered, found.unanswered, found.declined), (17, 5, 10, 2));
        assert_eq!((found.undelivered, found.waiting), (7, 9));
        assert_eq!((found.mean, found.csat_percent, found.nps), (Some(4.0), Some(80.0), None));
        assert_eq!(found.scores.iter().map(|each| each.n).collect::<Vec<_>>(), [1, 0, 0, 1, 3]);
    }

    #[test]
    fn nobody_answered_is_no_figure() {
        let found = figures(Scale::Nps, &Counts::from([((Sent, None), 4)]));
        assert_eq!((found.mean, found.nps, found.sent), (None, None, 4));
    }

    #[test]
    fn promoters_less_detractors() {
        let counts = Counts::from([((Answered, Some(10)), 5), ((Answered, Some(8)), 2), ((Answered, Some(0)), 3)]);
        assert_eq!(figures(Scale::Nps, &counts).nps, Some(20.0));
    }
}
