//! What the specification demands beyond the form of a line.

use std::{collections::HashSet, hash::BuildHasher as _};

use foldhash::quality::FixedState;

use super::histogram::HistogramCheck;
use crate::{
    batch::{Kind, NAME, Sample},
    exposition::float::float,
};

/// Families of one page at most: their names are remembered to find the ones that come again.
const FAMILIES_MAX: usize = 1_000_000;

/// The suffixes that samples of a family may have.
const fn suffixes(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Counter => &["_total", "_created"],
        Kind::Summary => &["", "_count", "_sum", "_created"],
        Kind::Histogram => &["_count", "_sum", "_bucket", "_created"],
        Kind::GaugeHistogram => &["_gcount", "_gsum", "_bucket"],
        Kind::Info => &["_info"],
        Kind::Gauge | Kind::StateSet | Kind::Unknown => &[""],
    }
}

#[expect(clippy::float_cmp, reason = "the specification names the value")]
fn exactly(value: f64, wanted: f64) -> bool {
    value == wanted
}

#[derive(Debug, Default)]
struct Family {
    name: String,
    kind: Option<Kind>,
    helped: bool,
    unit: Option<String>,
    samples: bool,
    group: Option<u64>,
    group_at: Option<f64>,
    groups: HashSet<u64>,
    histogram: HistogramCheck,
}

impl Family {
    fn kind(&self) -> Kind {
        self.kind.unwrap_or_default()
    }

    /// The suffix of a sample of this family.
    fn suffix<'a>(&self, metric: &'a str) -> Option<&'a str> {
        metric.strip_prefix(self.name.as_str()).filter(|suffix| suffixes(self.kind()).contains(suffix))
    }

    /// The label that tells samples of one group apart.
    fn inner_label(&self, suffix: &str) -> &str {
        match (self.kind(), suffix) {
            (Kind::Summary, "") => "quantile",
            (Kind::Histogram | Kind::GaugeHistogram, "_bucket") => "le",
            (Kind::StateSet, _) => &self.name,
            _ => "",
        }
    }

    fn group_of(&self, sample: Sample<'_>, suffix: &str) -> u64 {
        // Groups of an info metric cannot be told apart.
        if self.kind() == Kind::Info {
            return 0;
        }
        let inner = self.inner_label(suffix);
        let mut text = Vec::new();
        for (name, value) in sample.labels().filter(|(name, _)| *name != NAME && *name != inner) {
            text.extend_from_slice(name.as_bytes());
            text.push(0xff);
            text.extend_from_slice(value.as_bytes());
            text.push(0xff);
        }
        FixedState::with_seed(0x6f6d).hash_one(text)
    }

    fn grouping(&mut self, group: u64, at: Option<f64>) -> Result<(), String> {
        if self.group.is_some_and(|before| before != group) && self.groups.contains(&group) {
            return Err("the samples of a label set do not stand together".to_owned());
        }
        if self.group == Some(group) {
            if self.group_at.is_some() != at.is_some() {
                return Err("some samples of a label set have an instant and some have none".to_owned());
            }
            if self.group_at.zip(at).is_some_and(|(before, at)| before > at) && self.kind() != Kind::Info {
                return Err("the instants of a label set go backwards".to_owned());
            }
        }
        self.group = Some(group);
        self.group_at = at;
        self.groups.insert(group);
        Ok(())
    }

    fn value(&self, sample: Sample<'_>, suffix: &str, value: f64) -> Result<(), String> {
        let kind = self.kind();
        let counts = matches!(suffix, "_total" | "_sum" | "_count" | "_bucket" | "_gcount" | "_gsum");
        match kind {
            Kind::StateSet if sample.label(&self.name).is_empty() => return Err(format!("a state has no label {}", self.name)),
            Kind::StateSet if !exactly(value, 0.0) && !exactly(value, 1.0) => return Err("a state is 0 or 1".to_owned()),
            Kind::Info if !exactly(value, 1.0) => return Err("the value of an info metric is 1".to_owned()),
            Kind::Summary if suffix.is_empty() => {
                let quantile = float(sample.label("quantile")).filter(|quantile| (0.0..=1.0).contains(quantile));
                if quantile.is_none() {
                    return Err("the label quantile is a number from 0 to 1".to_owned());
                }
                if value < 0.0 {
                    return Err("a quantile's value is not below zero".to_owned());
                }
            }
            Kind::Histogram | Kind::GaugeHistogram if suffix == "_bucket" => {
                let le = sample.label("le");
                let bound = float(le).filter(|bound| !bound.is_nan() && (bound.is_finite() || matches!(le, "+Inf" | "-Inf")));
                if bound.is_none() {
                    return Err("the label le of a bucket is a number or +Inf".to_owned());
                }
            }
            _ => {}
        }
        if counts && value.is_nan() {
            return Err(format!("a sample that ends in {suffix} is a number"));
        }
        if counts && value < 0.0 && suffix != "_gsum" {
            return Err(format!("a sample that ends in {suffix} is not below zero"));
        }
        if matches!(suffix, "_count" | "_bucket" | "_gcount") && value.fract() != 0.0 {
            return Err(format!("a sample that ends in {suffix} is a whole number"));
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let kind = self.kind();
        if matches!(kind, Kind::Histogram | Kind::GaugeHistogram) {
            self.histogram.end()?;
        }
        let united = self.unit.as_ref().is_some_and(|unit| !unit.is_empty());
        if united && matches!(kind, Kind::Info | Kind::StateSet) {
            return Err(format!("{} has a unit, and its type has none", self.name));
        }
        Ok(())
    }
}

/// Looks over a page.
#[derive(Debug, Default)]
pub(super) struct Checker {
    family: Option<Family>,
    seen: HashSet<String>,
}

impl Checker {
    /// HELP, TYPE or UNIT, told by the first letter.
    pub fn said(&mut self, word: u8, name: &str, text: &str) -> Result<(), String> {
        if self.family.as_ref().is_none_or(|family| family.name != name) {
            self.end_family()?;
            self.family = Some(Family { name: name.to_owned(), ..Family::default() });
        }
        let Some(family) = &mut self.family else { return Ok(()) };
        if family.samples {
            return Err(format!("what is said about {name} stands behind its samples"));
        }
        let twice = match word {
            b'T' => family.kind.replace(Kind::from_word(text).unwrap_or_default()).is_some(),
            b'U' => family.unit.replace(text.to_owned()).is_some(),
            _ => std::mem::replace(&mut family.helped, true),
        };
        if twice { Err(format!("the same is said twice about {name}")) } else { Ok(()) }
    }

    /// A sample, its instant in seconds.
    pub fn sample(&mut self, sample: Sample<'_>, value: f64, at: Option<f64>, exemplar: bool) -> Result<(), String> {
        let metric = sample.metric();
        if self.family.as_ref().is_none_or(|family| family.suffix(metric).is_none()) {
            self.end_family()?;
            self.family = Some(Family { name: metric.to_owned(), ..Family::default() });
        }
        let Some(family) = &mut self.family else { return Ok(()) };
        let suffix = family.suffix(metric).unwrap_or_default();
        family.samples = true;
        family.value(sample, suffix, value)?;
        let group = family.group_of(sample, suffix);
        family.grouping(group, at)?;
        let kind = family.kind();
        if matches!(kind, Kind::Histogram | Kind::GaugeHistogram) {
            let bound = if suffix == "_bucket" { float(sample.label("le")) } else { None };
            family.histogram.sample(group, at, suffix, bound, value)?;
        }
        let may = matches!((kind, suffix), (Kind::Histogram | Kind::GaugeHistogram, "_bucket") | (Kind::Counter, "_total"));
        if exemplar && !may { Err("only buckets and counters have exemplars".to_owned()) } else { Ok(()) }
    }

    /// The end of the page.
    pub fn finish(&mut self) -> Result<(), String> {
        self.end_family()
    }

    fn end_family(&mut self) -> Result<(), String> {
        let Some(mut family) = self.family.take() else { return Ok(()) };
        family.end()?;
        let own = std::iter::once("").chain(suffixes(family.kind()).iter().copied().filter(|suffix| !suffix.is_empty()));
        for suffix in own {
            if !self.seen.insert(format!("{}{suffix}", family.name)) {
                return Err(format!("the name {}{suffix} belongs to two families, or its samples do not stand together", family.name));
            }
        }
        if self.seen.len() > FAMILIES_MAX {
            return Err(format!("more than {FAMILIES_MAX} families"));
        }
        Ok(())
    }
}
