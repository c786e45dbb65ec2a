//! Functions of one number.

/// -1, 0 or 1; NaN and the two zeroes stay as they are.
pub fn sign(value: f64) -> f64 {
    if value < 0.0 {
        -1.0
    } else if value > 0.0 {
        1.0
    } else {
        value
    }
}

/// To the nearest multiple, halves upwards. The inverse is multiplied rather than divided by, as Prometheus does, for the
/// same rounding errors.
pub fn round(value: f64, to_nearest: f64) -> f64 {
    let inverse = 1.0 / to_nearest;
    (value * inverse + 0.5).floor() / inverse
}

/// Neumaier's compensated sum: the new sum and the new compensation.
pub fn kahan(increment: f64, sum: f64, compensation: f64) -> (f64, f64) {
    let total = sum + increment;
    if total.is_infinite() {
        return (total, 0.0);
    }
    let lost = if sum.abs() >= increment.abs() { (sum - total) + increment } else { (increment - total) + sum };
    (total, compensation + lost)
}

/// Radians to degrees; multiplied before it is divided, as Prometheus does.
pub fn degrees(value: f64) -> f64 {
    value * 180.0 / std::f64::consts::PI
}

/// Degrees to radians.
pub fn radians(value: f64) -> f64 {
    value * std::f64::consts::PI / 180.0
}

/// The greater of two, NaN if either is (Go's `math.Max`).
pub fn greater(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// The lesser of two, NaN if either is (Go's `math.Min`).
pub fn lesser(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}
