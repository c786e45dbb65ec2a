//! Sends the samples and asks the questions.
//!
//! The samples begin at one of two instants an hour, so that who asks again sends the same, which no engine takes twice, and who asks
//! later is not disturbed by what was sent before: the script takes ten minutes and looks back five.

use std::{collections::BTreeMap, fmt, time::Duration};

use evenkeel_core::Clock;
use evenkeel_tsdb::{
    promql::{QueryError, QueryResult, Sample, Value, quote},
    script::{Eval, Expect, Times, compare},
    store::Logged,
};

use super::{
    Check, Outcome, Profile,
    script::{self, Plan, Question},
    show,
};
use crate::metric::{
    Ask, BackendError, Span,
    remote::{Api, forward::Samples},
};

/// Samples begin at a multiple of this: also of every step of the script, so that steps of subqueries fall as they do there.
const EVERY_MS: i64 = 30 * 60_000;
/// Nothing is sent that is younger.
const YOUNGEST_MS: i64 = 60_000;
/// How long an engine may take until it shows what it took.
const SHOWN_WITHIN: Duration = Duration::from_secs(40);
/// Looks for what not every engine keeps, once the rest is shown.
const LOOKS_AFTER: u128 = 10;
/// Between two looks whether it does.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Why the questions could not be asked.
#[derive(Debug)]
pub enum ProfileError {
    /// The engine cannot be asked at all.
    Asked(BackendError),
    /// It takes none of the samples; why.
    Sent(String),
    /// It took samples of this name and does not show them.
    Hidden(String),
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked(error) => error.fmt(f),
            Self::Sent(why) => f.write_str(why),
            Self::Hidden(name) => write!(
                f,
                "the engine does not show the samples of {name} within {} s: do query_url and write_url mean the same tenant?",
                SHOWN_WITHIN.as_secs()
            ),
        }
    }
}

impl std::error::Error for ProfileError {}

impl From<BackendError> for ProfileError {
    fn from(error: BackendError) -> Self {
        Self::Asked(error)
    }
}

/// Asks everything. Writes some five hundred samples of names that begin with `evenkeel_profile_` to the engine, not to our own store.
///
/// # Errors
/// As [`ProfileError`] says. What the engine refuses of single questions is in the profile.
pub async fn profile(api: &Api, clock: &dyn Clock) -> Result<Profile, ProfileError> {
    let version = api.version().await?;
    let plan = script::plan();
    let at_ms = clock.now().as_millisecond();
    let base_ms = (at_ms - plan.end_ms - YOUNGEST_MS).div_euclid(EVERY_MS) * EVERY_MS;
    let refused = send(api, &plan, base_ms).await?;
    let mut checks = Vec::with_capacity(plan.questions.len());
    for question in &plan.questions {
        let without = script::names(&plan, &question.eval.query).find_map(|name| refused.get(name));
        let outcome = match without {
            Some(words) => Outcome::Refused(words.clone()),
            None => judge(&question.eval, ask(api, &question.eval, base_ms).await)?,
        };
        let Question { feature, query, .. } = *question;
        checks.push(Check { feature, query, outcome });
    }
    Ok(Profile { version, at_ms, checks })
}

/// Sends what is not there yet; the names that the engine does not take, with its words.
async fn send<'a>(api: &Api, plan: &'a Plan, base_ms: i64) -> Result<BTreeMap<&'a str, String>, ProfileError> {
    let mut refused = BTreeMap::new();
    let mut awaited = Vec::new();
    for (name, samples) in &plan.samples {
        if shows(api, plan, name, samples, base_ms).await? {
            continue;
        }
        let shifted: Samples = samples.iter().map(|(labels, at, value)| (labels.clone(), base_ms + at, value.clone())).collect();
        match api.send(&shifted).await {
            Ok(()) => awaited.push((name, samples)),
            Err(why) => _ = refused.insert(name.as_str(), why),
        }
    }
    if let Some(why) = refused.values().next().filter(|_| refused.len() == plan.samples.len()) {
        return Err(ProfileError::Sent(why.clone()));
    }
    // What every engine takes first: once it is shown, the rest would be too.
    let common = |name: &str, samples: &Samples| {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && samples.iter().all(|(.., value)| matches!(value, Logged::Float(_)))
    };
    awaited.sort_by_key(|(name, samples)| common(name, samples));
    let mut looks = SHOWN_WITHIN.as_millis() / LOOK_EVERY.as_millis();
    while let Some((name, samples)) = awaited.last() {
        let common = common(name, samples);
        looks = if common { looks } else { looks.min(LOOKS_AFTER) };
        if shows(api, plan, name, samples, base_ms).await? {
            awaited.pop();
        } else if looks > 0 {
            looks -= 1;
            tokio::time::sleep(LOOK_EVERY).await;
        } else if common {
            return Err(ProfileError::Hidden((*name).clone()));
        } else {
            // Older engines answer 2xx and let go what they do not know.
            refused.insert(name, "it answers that it takes the samples, and keeps none of them".to_owned());
            awaited.pop();
        }
    }
    Ok(refused)
}

/// Whether the engine has every series of a name.
async fn shows(api: &Api, plan: &Plan, name: &str, samples: &Samples, base_ms: i64) -> Result<bool, ProfileError> {
    let query = format!("count(count_over_time({{__name__={}}}[{}ms]))", quote(name), plan.end_ms + 1);
    let found = api.query(&query, base_ms + plan.end_ms, Ask::default()).await;
    match found.map(|found| found.value) {
        Ok(Value::Vector(found)) => Ok(matches!(found.as_slice(), [(_, Sample::Float(count))] if *count >= script::series(samples))),
        Ok(_) | Err(BackendError::Unreadable(_) | BackendError::Query(QueryError::Evaluation(_))) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn ask(api: &Api, eval: &Eval, base_ms: i64) -> Result<QueryResult, BackendError> {
    let mut result = match eval.times {
        Times::Instant(at) => api.query(&eval.query, base_ms + at, Ask::default()).await,
        Times::Range { start, end, step } => {
            let span = Span { start_ms: base_ms + start, end_ms: base_ms + end, step_ms: step };
            api.query_range(&eval.query, span, Ask::default()).await
        }
    }?;
    if let Value::Matrix(matrix) = &mut result.value {
        for series in matrix {
            series.floats.iter_mut().for_each(|(at, _)| *at -= base_ms);
            series.histograms.iter_mut().for_each(|(at, _)| *at -= base_ms);
        }
    }
    Ok(result)
}

/// What came of a question.
///
/// # Errors
/// The engine went away meanwhile: nothing came of it.
fn judge(eval: &Eval, answer: Result<QueryResult, BackendError>) -> Result<Outcome, BackendError> {
    let fails = eval.expects.contains_key(&Expect::Fail);
    Ok(match answer {
        Ok(result) if !fails && compare::value(eval, &result, compare::Histograms::Shown).is_ok() => Outcome::Exact,
        Ok(result) => Outcome::Differs { expected: show::expected(eval), got: show::got(&result, script::grid(eval)) },
        Err(BackendError::Unreadable(_) | BackendError::Query(QueryError::Evaluation(_))) if fails => Outcome::Exact,
        Err(BackendError::Unreadable(words) | BackendError::Query(QueryError::Evaluation(words))) => Outcome::Refused(words),
        Err(away) => return Err(away),
    })
}
