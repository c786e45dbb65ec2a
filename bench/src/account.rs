//! What the system says of a process.

use std::fs;

/// A field of its memory, bytes: `VmRSS` is what is resident, `VmHWM` the most that ever was.
pub fn memory(id: u32, field: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
    let line = status.lines().find(|line| line.starts_with(field)).expect("a field");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).expect("a number") * 1024.0
}

/// Its children that run.
pub fn children(id: u32) -> Vec<u32> {
    let listed = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).expect("it runs");
    listed.split_whitespace().map(|child| child.parse().expect("a number")).collect()
}

/// CPU time so far of it and of every child that ran or runs, seconds.
pub fn family_cpu_secs(id: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).expect("it runs");
    let fields: Vec<&str> = stat.rsplit_once(") ").expect("a name").1.split(' ').collect();
    // Its own, in user and kernel mode, and those of children that have ended.
    let own: f64 = fields[11..15].iter().map(|ticks| ticks.parse::<f64>().expect("a number")).sum::<f64>() / 100.0;
    // One may end between the listing and the look.
    let alive = |child: &u32| fs::exists(format!("/proc/{child}/stat")).is_ok_and(|is| is);
    own + children(id).into_iter().filter(alive).map(family_cpu_secs).sum::<f64>()
}

/// CPU time so far, seconds.
pub fn cpu_secs(id: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).expect("it runs");
    let fields: Vec<&str> = stat.rsplit_once(") ").expect("a name").1.split(' ').collect();
    let ticks = |place: usize| fields[place].parse::<f64>().expect("a number");
    // A hundred ticks a second on Linux.
    (ticks(11) + ticks(12)) / 100.0
}
