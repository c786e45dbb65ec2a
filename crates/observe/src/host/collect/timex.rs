//! How the kernel keeps its clock in step: adjtimex(2), asked without changing anything.

use std::io;

use rtime_clock::adjtime::{Timex, adjtimex};

use super::{Page, Root};

/// The clock is not in step with any other.
const TIME_ERROR: i32 = 5;
/// Offsets are in nanoseconds and not in microseconds.
const STA_NANO: i32 = 0x2000;
/// Parts per million with 16 bits after the point.
const PPM_16: f64 = 1e6 * 65_536.0;
const MICRO: f64 = 1e6;

/// How far off the kernel believes its clock to be at most, seconds; none when nobody disciplines it or it cannot be asked.
#[allow(clippy::cast_precision_loss)] // microseconds
pub fn clock_error_secs() -> Option<f64> {
    let mut timex = Timex::new();
    (adjtimex(&mut timex).ok()? != TIME_ERROR).then(|| timex.0.maxerror as f64 / MICRO)
}

/// Whether and how the clock is disciplined.
#[allow(clippy::cast_precision_loss)] // offsets and counts far below 2^52
pub fn discipline(_: &Root, page: &mut Page<'_>) -> io::Result<()> {
    let mut timex = Timex::new();
    let state = adjtimex(&mut timex)?;
    let kernel = &timex.0;
    let fraction = if kernel.status & STA_NANO == 0 { MICRO } else { 1e9 };
    for (metric, value) in [
        ("sync_status", f64::from(u8::from(state != TIME_ERROR))),
        ("status", f64::from(kernel.status)),
        ("offset_seconds", kernel.offset as f64 / fraction),
        ("frequency_adjustment_ratio", 1.0 + kernel.freq as f64 / PPM_16),
        ("maxerror_seconds", kernel.maxerror as f64 / MICRO),
        ("estimated_error_seconds", kernel.esterror as f64 / MICRO),
        ("loop_time_constant", kernel.constant as f64),
        ("tick_seconds", kernel.tick as f64 / MICRO),
        ("pps_frequency_hertz", kernel.ppsfreq as f64 / PPM_16),
        ("pps_jitter_seconds", kernel.jitter as f64 / fraction),
        ("pps_shift_seconds", f64::from(kernel.shift)),
        ("pps_stability_hertz", kernel.stabil as f64 / PPM_16),
        ("pps_jitter_total", kernel.jitcnt as f64),
        ("pps_calibration_total", kernel.calcnt as f64),
        ("pps_error_total", kernel.errcnt as f64),
        ("pps_stability_exceeded_total", kernel.stbcnt as f64),
        ("tai_offset_seconds", f64::from(kernel.tai)),
    ] {
        page.put(&format!("node_timex_{metric}"), &[], value);
    }
    Ok(())
}
