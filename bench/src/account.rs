//! What the system says of a process.

use std::fs;

/// A field of its memory, bytes: `VmRSS` is what is resident, `VmHWM` the most that ever was.
pub fn memory(id: u32, field: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
    let line = status.lines().find(|line| line.starts_with(field)).expect("a field");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).expect("a number") * 1024.0
}

/// CPU time so far, seconds.
pub fn cpu_secs(id: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).expect("it runs");
    let fields: Vec<&str> = stat.rsplit_once(") ").expect("a name").1.split(' ').collect();
    let ticks = |place: usize| fields[place].parse::<f64>().expect("a number");
    // A hundred ticks a second on Linux.
    (ticks(11) + ticks(12)) / 100.0
}
