//! Names as Prometheus makes them of OTLP's: <https://prometheus.io/docs/guides/opentelemetry/> and the compatibility
//! specification of OpenTelemetry ("OTLP Metric points to Prometheus").

use std::borrow::Cow;

/// `translation_strategy` of Prometheus' configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Strategy {
    /// Dots and the like become `_`; unit and type are appended.
    #[default]
    UnderscoreEscapingWithSuffixes,
    /// Dots and the like become `_`.
    UnderscoreEscapingWithoutSuffixes,
    /// Names stay; unit and type are appended.
    NoUtf8EscapingWithSuffixes,
    /// Names stay.
    NoTranslation,
}

impl Strategy {
    /// From the word of the configuration.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "UnderscoreEscapingWithSuffixes" => Some(Self::UnderscoreEscapingWithSuffixes),
            "UnderscoreEscapingWithoutSuffixes" => Some(Self::UnderscoreEscapingWithoutSuffixes),
            "NoUTF8EscapingWithSuffixes" => Some(Self::NoUtf8EscapingWithSuffixes),
            "NoTranslation" => Some(Self::NoTranslation),
            _ => None,
        }
    }

    pub(super) const fn escapes(self) -> bool {
        matches!(self, Self::UnderscoreEscapingWithSuffixes | Self::UnderscoreEscapingWithoutSuffixes)
    }

    const fn suffixes(self) -> bool {
        matches!(self, Self::UnderscoreEscapingWithSuffixes | Self::NoUtf8EscapingWithSuffixes)
    }
}

/// What a metric is, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suffixed {
    /// A sum that only rises: `_total`.
    Counter,
    /// With unit 1: `_ratio`.
    Gauge,
    Other,
}

const UNITS: &[(&str, &str)] = &[
    ("d", "days"),
    ("h", "hours"),
    ("min", "minutes"),
    ("s", "seconds"),
    ("ms", "milliseconds"),
    ("us", "microseconds"),
    ("ns", "nanoseconds"),
    ("By", "bytes"),
    ("KiBy", "kibibytes"),
    ("MiBy", "mebibytes"),
    ("GiBy", "gibibytes"),
    // As Prometheus spells it.
    ("TiBy", "tibibytes"),
    ("KBy", "kilobytes"),
    ("MBy", "megabytes"),
    ("GBy", "gigabytes"),
    ("TBy", "terabytes"),
    ("m", "meters"),
    ("V", "volts"),
    ("A", "amperes"),
    ("J", "joules"),
    ("W", "watts"),
    ("g", "grams"),
    ("Cel", "celsius"),
    ("Hz", "hertz"),
    ("1", ""),
    ("%", "percent"),
];

const PER: &[(&str, &str)] =
    &[("s", "second"), ("m", "minute"), ("h", "hour"), ("d", "day"), ("w", "week"), ("mo", "month"), ("y", "year")];

fn spelled<'a>(units: &'static [(&'static str, &'static str)], unit: &'a str) -> &'a str {
    units.iter().find(|(short, _)| *short == unit).map_or(unit, |(_, long)| long)
}

/// The suffixes of a unit such as `By/s`: what is measured, and per what. Annotations in braces are no units.
fn unit_suffixes(unit: &str) -> (String, String) {
    let (main, per) = unit.split_once('/').unwrap_or((unit, ""));
    let real = |part: &str| !part.is_empty() && !part.contains(['{', '}']);
    let (main, per) = (main.trim(), per.trim());
    let main = if real(main) { spelled(UNITS, main).to_owned() } else { String::new() };
    let per = if real(per) { format!("per_{}", spelled(PER, per)) } else { String::new() };
    (main, per)
}

const fn kept(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == ':'
}

/// A unit with `_` for what a name may not hold.
fn clean(unit: &str) -> String {
    let mut clean = String::with_capacity(unit.len());
    for c in unit.chars() {
        let c = if kept(c) { c } else { '_' };
        if c != '_' || !clean.ends_with('_') {
            clean.push(c);
        }
    }
    clean.strip_prefix('_').map(str::to_owned).unwrap_or(clean)
}

/// The unit as it is told in metadata.
pub(super) fn unit(unit: &str) -> String {
    let (main, per) = unit_suffixes(unit);
    let (main, per) = (clean(&main), clean(&per));
    let joined = if main.is_empty() || per.is_empty() { format!("{main}{per}") } else { format!("{main}_{per}") };
    joined.trim_matches('_').to_owned()
}

/// The name of a metric; `None` when nothing is left of it.
pub(super) fn metric(name: &str, unit: &str, suffixed: Suffixed, strategy: Strategy) -> Option<String> {
    let made = match (strategy.escapes(), strategy.suffixes()) {
        (true, true) => normalised(name, unit, suffixed),
        (true, false) => {
            let parts: Vec<&str> = name.split(|c: char| !kept(c) && c != '_').filter(|part| !part.is_empty()).collect();
            no_digit_first(parts.join("_"))
        }
        (false, true) => with_suffixes(name, unit, suffixed),
        (false, false) => name.to_owned(),
    };
    let nothing = made.is_empty() || (made != name && strategy.escapes() && made.bytes().all(|byte| byte == b'_'));
    (!nothing).then_some(made)
}

fn no_digit_first(name: String) -> String {
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

fn normalised(name: &str, unit: &str, suffixed: Suffixed) -> String {
    let mut tokens: Vec<&str> = name.split(|c| !kept(c)).filter(|token| !token.is_empty()).collect();
    let (main, per) = unit_suffixes(unit);
    let (main, per) = (clean(&main), clean(&per));
    let per = if per == "per_" { "" } else { per.strip_suffix('_').unwrap_or(&per) };
    let per = if tokens.contains(&per) { "" } else { per };
    let main = if tokens.contains(&main.as_str()) { "" } else { main.as_str() };
    let main = if per.is_empty() { main } else { main.strip_suffix('_').unwrap_or(main) };
    tokens.extend([main, per].into_iter().filter(|suffix| !suffix.is_empty()));
    let last = match suffixed {
        Suffixed::Counter => "total",
        // Counters of things are often given the unit 1, so that only gauges are taken for ratios.
        Suffixed::Gauge if unit == "1" => "ratio",
        _ => "",
    };
    if !last.is_empty() {
        tokens.retain(|token| *token != last);
        tokens.push(last);
    }
    no_digit_first(tokens.join("_"))
}

/// Without the suffix and the character before it.
fn without<'a>(name: &'a str, suffix: &str) -> &'a str {
    match name.strip_suffix(suffix) {
        Some(stem) if !suffix.is_empty() => match stem.char_indices().next_back() {
            Some((at, _)) if at > 0 => &stem[..at],
            _ => name,
        },
        _ => name,
    }
}

fn with_suffixes(name: &str, unit: &str, suffixed: Suffixed) -> String {
    let (main, per) = unit_suffixes(unit);
    let last = match suffixed {
        Suffixed::Counter => "total",
        Suffixed::Gauge if unit == "1" => "ratio",
        _ => "",
    };
    let stem = without(without(name, last), &per);
    let mut made = stem.to_owned();
    if !main.is_empty() && !made.ends_with(&main) {
        made = format!("{made}_{main}");
    }
    for suffix in [per.as_str(), last].into_iter().filter(|suffix| !suffix.is_empty()) {
        made = format!("{made}_{suffix}");
    }
    made
}

/// The name of a label; `None` when nothing is left of it.
pub(super) fn label(name: &str, strategy: Strategy) -> Option<Cow<'_, str>> {
    if name.is_empty() {
        return None;
    }
    if !strategy.escapes() {
        return Some(Cow::Borrowed(name));
    }
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let made: Cow<'_, str> = if name.chars().all(fine) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.chars().map(|c| if fine(c) { c } else { '_' }).collect())
    };
    let made = if made.starts_with(|c: char| c.is_ascii_digit()) {
        Cow::Owned(format!("key_{made}"))
    } else if made.starts_with('_') && !made.starts_with("__") {
        Cow::Owned(format!("key{made}"))
    } else {
        made
    };
    let nothing = made != name && made.bytes().all(|byte| byte == b'_');
    (!nothing).then_some(made)
}
