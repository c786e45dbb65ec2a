//! Go's `printf`.

use evenkeel_tsdb::promql::{go_g, quote};

use super::value::Value;

/// Width and precision at most: a template must not ask for a gigabyte of blanks.
const WIDTH_MAX: usize = 1000;

#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of a verb, each a character that is there or not")]
struct Spec {
    minus: bool,
    plus: bool,
    zero: bool,
    blank: bool,
    sharp: bool,
    width: usize,
    precision: Option<usize>,
}

/// `format` with `arguments` put in.
pub(super) fn printf(format: &str, arguments: &[Value]) -> String {
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    let mut used = 0;
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut spec = Spec::default();
        while let Some(flag) = chars.peek() {
            match flag {
                '-' => spec.minus = true,
                '+' => spec.plus = true,
                '0' => spec.zero = true,
                ' ' => spec.blank = true,
                '#' => spec.sharp = true,
                _ => break,
            }
            chars.next();
        }
        let mut number = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            if chars.peek() == Some(&'*') {
                chars.next();
                let value = match arguments.get(used) {
                    Some(Value::Int(value)) => usize::try_from(*value).unwrap_or(0),
                    _ => 0,
                };
                used += 1;
                return value.min(WIDTH_MAX);
            }
            let mut value = 0_usize;
            while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                value = (value * 10 + digit as usize).min(WIDTH_MAX);
                chars.next();
            }
            value
        };
        spec.width = number(&mut chars);
        if chars.peek() == Some(&'.') {
            chars.next();
            spec.precision = Some(number(&mut chars));
        }
        match chars.next() {
            None => out.push_str("%!(NOVERB)"),
            Some('%') => out.push('%'),
            Some(verb) => match arguments.get(used) {
                None => {
                    out.push_str("%!");
                    out.push(verb);
                    out.push_str("(MISSING)");
                }
                Some(value) => {
                    used += 1;
                    out.push_str(&one(&spec, verb, value));
                }
            },
        }
    }
    if used < arguments.len() {
        let extra: Vec<String> = arguments[used..].iter().map(|value| format!("{}={}", value.type_name(), value.text())).collect();
        out.push_str("%!(EXTRA ");
        out.push_str(&extra.join(", "));
        out.push(')');
    }
    out
}

fn one(spec: &Spec, verb: char, value: &Value) -> String {
    let bad = || format!("%!{verb}({}={})", value.type_name(), value.text());
    match (verb, value) {
        ('T', _) => pad(spec, value.type_name().to_owned(), false),
        ('v', Value::Float(float)) => {
            pad(spec, signed(spec, *float, spec.precision.map_or_else(|| go_g(*float), |p| general(*float, p))), true)
        }
        ('v' | 'd', Value::Int(int)) => pad(spec, integer(spec, *int), true),
        ('v' | 't', Value::Bool(_)) => pad(spec, value.text(), false),
        (
            'v' | 's',
            Value::Text(_)
            | Value::Time(_)
            | Value::Span(_)
            | Value::Labels(_)
            | Value::Map(_)
            | Value::List(_)
            | Value::Sample(_)
            | Value::Nil
            | Value::Root,
        ) => {
            let text = value.text();
            let cut = spec.precision.map_or(text.clone(), |most| text.chars().take(most).collect());
            pad(spec, cut, false)
        }
        ('q', Value::Text(text)) => pad(spec, quote(text), false),
        ('q' | 'c', Value::Int(int)) => {
            let c = u32::try_from(*int).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
            pad(spec, if verb == 'q' { format!("'{c}'") } else { c.to_string() }, false)
        }
        ('x', Value::Int(int)) => pad(spec, format!("{}{:x}", if spec.sharp { "0x" } else { "" }, int), true),
        ('X', Value::Int(int)) => pad(spec, format!("{}{:X}", if spec.sharp { "0X" } else { "" }, int), true),
        ('o', Value::Int(int)) => pad(spec, format!("{int:o}"), true),
        ('b', Value::Int(int)) => pad(spec, format!("{int:b}"), true),
        ('x', Value::Text(text)) => pad(spec, hex::encode(text.as_bytes()), false),
        ('f' | 'F', Value::Float(float)) => pad(spec, signed(spec, *float, fixed(*float, spec.precision.unwrap_or(6))), true),
        ('e' | 'E', Value::Float(float)) => {
            let text = scientific(*float, spec.precision.unwrap_or(6));
            pad(spec, signed(spec, *float, if verb == 'E' { text.to_uppercase() } else { text }), true)
        }
        ('g' | 'G', Value::Float(float)) => {
            let text = spec.precision.map_or_else(|| go_g(*float), |precision| general(*float, precision));
            pad(spec, signed(spec, *float, if verb == 'G' { text.to_uppercase() } else { text }), true)
        }
        _ => bad(),
    }
}

fn integer(spec: &Spec, value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let zeros = "0".repeat(spec.precision.unwrap_or(0).saturating_sub(digits.len()));
    let sign = sign(spec, value < 0);
    format!("{sign}{zeros}{digits}")
}

const fn sign(spec: &Spec, negative: bool) -> &'static str {
    match (negative, spec.plus, spec.blank) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        _ => "",
    }
}

/// The flags' sign before a number that has none.
fn signed(spec: &Spec, value: f64, text: String) -> String {
    if value.is_nan() || text.starts_with(['-', '+']) {
        return if spec.plus { text } else { text.trim_start_matches('+').to_owned() }
            .replace("Inf", if value > 0.0 { "+Inf" } else { "Inf" })
            .replace("++", "+");
    }
    format!("{}{text}", sign(spec, false))
}

fn pad(spec: &Spec, text: String, number: bool) -> String {
    let missing = spec.width.saturating_sub(text.chars().count());
    if missing == 0 {
        return text;
    }
    if spec.minus {
        return text + &" ".repeat(missing);
    }
    if spec.zero && number && !text.contains("Inf") && !text.contains("NaN") {
        let (sign, digits) = match text.strip_prefix(['-', '+']) {
            Some(digits) => (&text[..1], digits),
            None => ("", text.as_str()),
        };
        return format!("{sign}{}{digits}", "0".repeat(missing));
    }
    " ".repeat(missing) + &text
}

fn special(value: f64) -> Option<&'static str> {
    match value {
        _ if value.is_nan() => Some("NaN"),
        f64::INFINITY => Some("+Inf"),
        f64::NEG_INFINITY => Some("-Inf"),
        _ => None,
    }
}

/// `%.3f`.
pub(super) fn fixed(value: f64, precision: usize) -> String {
    special(value).map_or_else(|| format!("{value:.precision$}"), ToOwned::to_owned)
}

/// `%.3e`, with Go's exponent of two digits at least.
fn scientific(value: f64, precision: usize) -> String {
    if let Some(text) = special(value) {
        return text.to_owned();
    }
    let text = format!("{value:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

/// `%.4g`: so many significant digits, without zeros at the end; with an exponent when it is small or large.
pub(super) fn general(value: f64, precision: usize) -> String {
    if let Some(text) = special(value) {
        return text.to_owned();
    }
    if value == 0.0 {
        return if value.is_sign_negative() { "-0" } else { "0" }.to_owned();
    }
    let precision = precision.max(1);
    let text = scientific(value, precision - 1);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "+00"));
    let shorter =
        |text: &str| if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() };
    let exponent_value: i32 = exponent.parse().unwrap_or(0);
    let precision = i32::try_from(precision).unwrap_or(i32::MAX);
    if exponent_value < -4 || exponent_value >= precision {
        return format!("{}e{exponent}", shorter(mantissa));
    }
    let decimals = usize::try_from(precision - 1 - exponent_value).unwrap_or(0);
    shorter(&format!("{value:.decimals$}"))
}
