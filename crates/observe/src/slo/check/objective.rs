//! Objectives and indicators.

use evenkeel_core::definition::Bilingual;
use serde_json::Value;
use serde_saphyr::Spanned;

use super::{Doc, Work, time};
use crate::slo::{
    file::{Metadata, MetricEntry, Objective, Ratio, SloSpec},
    model::{Indicator, Method, Metric, Op, Part, Slo},
    query::{self, Taken},
    window::Window,
};

/// Events in a long window that make a burn rate worth believing, when the objective says nothing.
const EVENTS_MIN: f64 = 10.0;
/// Objectives of one document at most.
const OBJECTIVES_MAX: usize = 20;

/// What all objectives of a document share.
struct Shared<'a> {
    metadata: &'a Metadata,
    spec: &'a SloSpec,
    name: String,
    service: String,
    window: Window,
    events_min: f64,
    line: usize,
    doc: &'a Doc<'a>,
}

impl Work<'_> {
    pub(super) fn slo(&mut self, doc: &Doc<'_>, line: usize, metadata: &Metadata, spec: &SloSpec) -> Vec<Slo> {
        let name = metadata.name.as_ref().map(|name| name.value.clone()).unwrap_or_default();
        self.whose = format!("objective {name:?}");
        let service = spec.service.as_ref().map(|word| word.value.trim().to_owned()).unwrap_or_default();
        if service.is_empty() {
            self.error((line, 0), "spec.service is missing", "name the service as the configuration does");
        }
        let window = self.window(line, &spec.time_window);
        let events_min = self.events_min(metadata);
        if spec.objectives.is_empty() || spec.objectives.len() > OBJECTIVES_MAX {
            self.error((line, 0), format!("there are {} objectives", spec.objectives.len()), format!("write 1 to {OBJECTIVES_MAX}"));
        }
        let Some(window) = window else { return Vec::new() };
        let shared = Shared { metadata, spec, name, service, window, events_min, line, doc };
        let many = spec.objectives.len() > 1;
        let objectives: Vec<_> = spec.objectives.iter().take(OBJECTIVES_MAX).enumerate().collect();
        objectives.into_iter().filter_map(|(index, entry)| self.objective(&shared, entry, many.then_some(index + 1))).collect()
    }

    fn events_min(&mut self, metadata: &Metadata) -> f64 {
        let Some(word) = metadata.annotations.get("evenkeel_min_events") else { return EVENTS_MIN };
        match word.value.trim().parse::<f64>() {
            Ok(least) if least >= 0.0 && least.is_finite() => least,
            _ => {
                self.error(Self::at(word.referenced), format!("evenkeel_min_events is {:?}", word.value), "write a number of events");
                EVENTS_MIN
            }
        }
    }

    fn objective(&mut self, shared: &Shared<'_>, entry: &Spanned<Objective>, number: Option<usize>) -> Option<Slo> {
        let (at, objective) = (Self::at(entry.referenced), &entry.value);
        if let Some(weight) = &objective.composite_weight {
            self.error(Self::at(weight.referenced), "composite objectives are not known", "write an objective for each indicator");
        }
        let target = self.target(at, objective)?;
        let indicator = self.indicator(shared, at, objective)?;
        let method = self.method(shared, objective, &indicator, target)?;
        let window_mins = shared.window.usual_mins();
        if method.slice_mins() > window_mins {
            self.error(at, "a slice is longer than the window", "choose a shorter timeSliceWindow");
            return None;
        }
        let pairs = self.pairs(&shared.spec.alert_policies, window_mins);
        let highest = 1.0 / (1.0 - target);
        for pair in pairs.iter().filter(|pair| pair.rate > highest + 1e-9) {
            let what = format!("a burn rate of {} is never reached: with this target all bad is {highest:.1}", pair.rate);
            self.warn(at, what, "raise the target, or give an alert policy with a lower rate");
        }
        let name = number.map_or_else(|| shared.name.clone(), |number| format!("{}-{number}", shared.name));
        Some(Slo {
            display: display(shared.metadata, objective.display_name.as_deref(), &name),
            description: shared.spec.description.clone().unwrap_or_default(),
            service: shared.service.clone(),
            indicator,
            method,
            window: shared.window.clone(),
            target,
            pairs,
            // Slices are few by nature, and each of them is known.
            events_min: if method.is_time() { 0.0 } else { shared.events_min },
            file: shared.doc.file.name.clone(),
            line: shared.line,
            text: shared.doc.text.trim_matches('\n').to_owned(),
            name,
        })
    }

    fn target(&mut self, at: (usize, usize), objective: &Objective) -> Option<f64> {
        let (said, at, target) = match (&objective.target, &objective.target_percent) {
            (Some(_), Some(percent)) => {
                self.error(Self::at(percent.referenced), "target and targetPercent say the same thing twice", "keep one");
                return None;
            }
            (Some(target), None) => ("target", Self::at(target.referenced), target.value),
            (None, Some(percent)) => ("targetPercent", Self::at(percent.referenced), percent.value / 100.0),
            (None, None) => {
                self.error(at, "the objective has no target", "add target: 0.999 or targetPercent: 99.9");
                return None;
            }
        };
        if target > 0.0 && target < 1.0 {
            return Some(target);
        }
        let fix = if said == "target" {
            "write a share between 0 and 1, such as 0.999"
        } else {
            "write a number between 0 and 100, such as 99.9"
        };
        self.error(at, format!("{said} leaves no budget or asks for nothing"), fix);
        None
    }

    fn indicator(&mut self, shared: &Shared<'_>, at: (usize, usize), objective: &Objective) -> Option<Indicator> {
        let inline = objective.indicator.as_ref().or(shared.spec.indicator.as_ref());
        let named = objective.indicator_ref.as_ref().or(shared.spec.indicator_ref.as_ref());
        let spec = match (inline, named) {
            (Some(_), Some(name)) if objective.indicator.is_none() && objective.indicator_ref.is_none() => {
                self.error(Self::at(name.referenced), "there are both indicator and indicatorRef", "keep one");
                return None;
            }
            (Some(inline), _) => inline.value.spec.clone(),
            (None, Some(name)) => match self.named.indicators.get(&name.value) {
                Some(spec) => spec.value.clone(),
                None => {
                    self.error(
                        Self::at(name.referenced),
                        format!("indicatorRef {:?} is not declared", name.value),
                        "add a document of kind SLI with this name",
                    );
                    return None;
                }
            },
            (None, None) => {
                self.error(at, "the objective has no indicator", "add indicator or indicatorRef");
                return None;
            }
        };
        match (&spec.threshold_metric, &spec.ratio_metric) {
            (Some(entry), None) => self.threshold(at, entry, objective),
            (None, Some(entry)) => self.ratio(entry),
            _ => {
                self.error(at, "an indicator has either thresholdMetric or ratioMetric", "keep one of them");
                None
            }
        }
    }

    fn threshold(&mut self, at: (usize, usize), entry: &Spanned<MetricEntry>, objective: &Objective) -> Option<Indicator> {
        let value = self.metric(entry, false);
        let op = objective.op.as_ref().and_then(|word| Op::named(&word.value));
        let (Some(op), Some(limit)) = (op, &objective.value) else {
            self.error(at, "a threshold needs op and value", "add op: lte (lt, gte, gt) and value: the limit");
            return None;
        };
        Some(Indicator::Threshold { value: value?, op, limit: limit.value })
    }

    fn ratio(&mut self, entry: &Spanned<Ratio>) -> Option<Indicator> {
        let (at, ratio) = (Self::at(entry.referenced), &entry.value);
        if let Some(raw) = &ratio.raw {
            let failure = match ratio.raw_type.as_ref().map(|word| word.value.as_str()) {
                Some("failure") => true,
                None | Some("success") => false,
                Some(other) => {
                    self.error(at, format!("rawType is {other:?}"), "write success or failure");
                    return None;
                }
            };
            return Some(Indicator::Raw { share: self.metric(raw, false)?, failure });
        }
        let (part, counted) = match (&ratio.good, &ratio.bad) {
            (Some(good), None) => (Part::Good, good),
            (None, Some(bad)) => (Part::Bad, bad),
            _ => {
                self.error(at, "a ratio has either good or bad", "keep one of them, beside total");
                return None;
            }
        };
        let Some(total) = &ratio.total else {
            self.error(at, "a ratio needs total", "add total: the query of all events");
            return None;
        };
        let (counted, total) = (self.metric(counted, ratio.counter), self.metric(total, ratio.counter));
        Some(Indicator::Ratio { part, counted: counted?, total: total? })
    }

    fn metric(&mut self, entry: &Spanned<MetricEntry>, counter: bool) -> Option<Metric> {
        let source = &entry.value.source.value;
        let at = Self::at(source.spec.referenced);
        let named = source.named.as_ref().and_then(|name| self.named.sources.get(&name.value).cloned());
        let kind = source.kind.as_ref().map(|word| word.value.clone()).or(named).unwrap_or_else(|| "Prometheus".to_owned());
        if !kind.eq_ignore_ascii_case("prometheus") {
            self.error(at, format!("a metric source of type {kind:?}"), "write type: Prometheus; its queries are the ones that are asked");
            return None;
        }
        let Some(text) = source.spec.value.get("query").and_then(Value::as_str) else {
            self.error(at, "the metric source has no query", "add spec: query: with PromQL");
            return None;
        };
        let read = if counter {
            query::counter(text).map(|(metric, taken)| {
                if taken == Taken::RateAlready {
                    self.warn(
                        at,
                        "the query takes ranges itself, so it is no counter",
                        "write counter: false, and a range of 1m for every minute's events",
                    );
                }
                metric
            })
        } else {
            query::value(text)
        };
        read.map_err(|error| self.error(at, format!("the query cannot be used: {error}"), "")).ok()
    }

    fn method(&mut self, shared: &Shared<'_>, objective: &Objective, indicator: &Indicator, target: f64) -> Option<Method> {
        let word = shared.spec.budgeting_method.as_ref();
        let at = word.map_or((shared.line, 0), |word| Self::at(word.referenced));
        let word = word.map_or("Occurrences", |word| word.value.as_str());
        if word == "Occurrences" {
            return Some(Method::Occurrences);
        }
        let mins = match &objective.time_slice_window {
            None => Some(1),
            Some(said) => match &said.value {
                Value::Number(number) => number.as_i64(),
                Value::String(text) => time::minutes(text),
                _ => None,
            },
        };
        let Some(mins) = mins.filter(|mins| *mins > 0 && 60 % mins == 0) else {
            self.error(at, "timeSliceWindow does not divide an hour", "choose 1m, 2m, 5m, 10m, 15m, 30m or 1h");
            return None;
        };
        let share = objective.time_slice_target.as_ref().map(|share| share.value);
        if let Some(share) = share.filter(|share| !(*share > 0.0 && *share <= 1.0)) {
            self.error(at, format!("timeSliceTarget is {share}"), "write a share above 0 and at most 1");
            return None;
        }
        // A threshold's minute is good or bad; of a ratio's slice the objective's own target is what is meant.
        let usual = if matches!(indicator, Indicator::Ratio { .. } | Indicator::Raw { .. }) { target } else { 1.0 };
        match word {
            "Timeslices" => Some(Method::Timeslices { mins, target: share.unwrap_or(usual) }),
            "RatioTimeslices" => Some(Method::RatioTimeslices { mins }),
            other => {
                self.error(at, format!("budgetingMethod is {other:?}"), "write Occurrences, Timeslices or RatioTimeslices");
                None
            }
        }
    }
}

/// What people call it, in both languages.
fn display(metadata: &Metadata, objective: Option<&str>, name: &str) -> Bilingual {
    let any = metadata.display_name.as_deref().unwrap_or(name);
    let said = |key: &str| metadata.annotations.get(key).map(|word| word.value.trim()).filter(|text| !text.is_empty());
    let with = |text: &str| match objective {
        Some(objective) if objective != text => format!("{text}: {objective}"),
        _ => text.to_owned(),
    };
    Bilingual { zh: with(said("evenkeel_display_zh").unwrap_or(any)), en: with(said("evenkeel_display_en").unwrap_or(any)) }
}
