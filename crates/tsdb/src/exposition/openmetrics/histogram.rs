//! Whether the buckets, count and sum of a classic histogram agree.

/// One histogram of a family: a label set at an instant.
#[expect(clippy::struct_excessive_bools, reason = "what was seen so far")]
#[derive(Debug, Default)]
pub(super) struct HistogramCheck {
    which: Option<(u64, Option<f64>)>,
    bound: Option<f64>,
    value: f64,
    count: Option<f64>,
    summed: bool,
    gauge_summed: bool,
    below_zero: bool,
    gauge_sum_below_zero: bool,
}

impl HistogramCheck {
    /// Takes a sample; when it belongs to another histogram, the one before must be whole.
    pub fn sample(&mut self, group: u64, at: Option<f64>, suffix: &str, bound: Option<f64>, value: f64) -> Result<(), String> {
        if self.which != Some((group, at)) {
            self.end()?;
            *self = Self { which: Some((group, at)), ..Self::default() };
        }
        match suffix {
            "_bucket" => {
                let bound = bound.unwrap_or(f64::NAN);
                if self.bound.is_some_and(|before| bound <= before) {
                    return Err("the bounds of the buckets do not rise".to_owned());
                }
                if value < self.value {
                    return Err("a bucket holds less than the one before it".to_owned());
                }
                self.below_zero |= bound < 0.0;
                self.bound = Some(bound);
                self.value = value;
            }
            "_count" | "_gcount" => self.count = Some(value),
            "_sum" => self.summed = true,
            "_gsum" => {
                self.gauge_summed = true;
                self.gauge_sum_below_zero = value < 0.0;
            }
            _ => {}
        }
        Ok(())
    }

    /// The histogram is complete: does it agree with itself?
    pub fn end(&self) -> Result<(), String> {
        if self.which.is_none() {
            return Ok(());
        }
        let summed = self.summed || self.gauge_summed;
        let wrong = if self.bound != Some(f64::INFINITY) {
            "a histogram has no bucket +Inf"
        } else if self.count.is_some_and(|count| count.to_bits() != self.value.to_bits()) {
            "a histogram's count is not its bucket +Inf"
        } else if summed != self.count.is_some() {
            "a histogram has a sum and a count, or neither"
        } else if self.below_zero && self.summed {
            "a histogram with bounds below zero has no sum, for it may fall"
        } else if !self.below_zero && self.gauge_sum_below_zero {
            "the sum is below zero, and no bucket is"
        } else {
            return Ok(());
        };
        Err(wrong.to_owned())
    }
}
