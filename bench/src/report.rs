//! One line a figure, on the terminal and in `bench/RESULTS.md`.

use std::{fmt::Write as _, fs, io::Write as _, path::PathBuf, process::Command};

/// What a figure has to reach.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::enum_variant_names, dead_code, reason = "`Goal::AtLeast(x)` reads as it is said; not every group uses each")]
pub enum Goal {
    /// Ours / peer, at least.
    AtLeastRatio(f64),
    /// Ours / peer, at most.
    AtMostRatio(f64),
    /// Ours, at most.
    AtMost(f64),
    /// Ours, at least.
    AtLeast(f64),
}

/// Collects the figures of a run.
#[derive(Debug)]
pub struct Report {
    pattern: String,
    lines: Vec<String>,
    short: usize,
}

impl Report {
    /// A run of the figures whose `group/name` contains `pattern`, or one of several parted by commas; empty = all.
    pub fn new(pattern: &str) -> Self {
        Self { pattern: pattern.to_owned(), lines: Vec::new(), short: 0 }
    }

    /// Whether any figure of this group is asked for.
    pub fn wants_group(&self, group: &str) -> bool {
        self.pattern.split(',').any(|pattern| {
            let asked = pattern.split('/').next().unwrap_or("");
            group.contains(asked) || (!pattern.contains('/') && asked.contains(group))
        })
    }

    /// Whether this figure is asked for: a slow measurement asks first.
    pub fn wants(&self, group_name: &str) -> bool {
        self.pattern.split(',').any(|pattern| group_name.contains(pattern))
    }

    /// Adds a figure: `group/name`, ours, the peer's name and figure, the unit of both, and the goal.
    pub fn line(&mut self, group_name: &str, ours: f64, peer: Option<(&str, f64)>, unit: &str, goal: Goal) {
        if !self.wants(group_name) {
            return;
        }
        let ratio = peer.filter(|(_, theirs)| *theirs > 0.0).map(|(_, theirs)| ours / theirs);
        let (reached, goal) = match goal {
            Goal::AtLeastRatio(least) => (ratio.is_some_and(|ratio| ratio >= least), format!(">= {} x", figure(least))),
            Goal::AtMostRatio(most) => (ratio.is_some_and(|ratio| ratio <= most), format!("<= {} x", figure(most))),
            Goal::AtMost(most) => (ours <= most, format!("<= {} {unit}", figure(most))),
            Goal::AtLeast(least) => (ours >= least, format!(">= {} {unit}", figure(least))),
        };
        self.short += usize::from(!reached);
        let theirs = peer.map_or_else(|| "-".to_owned(), |(name, theirs)| format!("{} {unit} ({name})", figure(theirs)));
        let ratio = ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{} x", figure(ratio)));
        let verdict = if reached { "ok" } else { "short" };
        println!("{group_name:<24} {:<22} {theirs:<44} {ratio:<10} {goal:<18} {verdict}", format!("{} {unit}", figure(ours)));
        self.lines.push(format!("| {group_name} | {} {unit} | {theirs} | {ratio} | {goal} | {verdict} |", figure(ours)));
    }

    /// Appends the run to `bench/RESULTS.md`, with the machine and the versions; gives the number of figures that fall short.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(&self) -> std::io::Result<usize> {
        if self.lines.is_empty() {
            return Ok(0);
        }
        let path: PathBuf = ["bench", "RESULTS.md"].iter().collect();
        let mut text = String::new();
        if !path.exists() {
            text.push_str("# Results of `make bench`\n\nEach run appends; the newest is last.\n");
        }
        let _ = write!(
            text,
            "\n## {}\n\n{}\n\n| figure | ours | peer | ratio | goal | |\n|---|---|---|---|---|---|\n{}\n",
            output("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
            machine(),
            self.lines.join("\n")
        );
        fs::OpenOptions::new().create(true).append(true).open(path)?.write_all(text.as_bytes())?;
        Ok(self.short)
    }
}

/// Three significant digits are what a benchmark can tell.
fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 1_000_000.0 => format!("{:.2}M", value / 1_000_000.0),
        size if size >= 10_000.0 => format!("{:.1}k", value / 1_000.0),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models: Vec<&str> =
        cpus.lines().filter_map(|line| line.strip_prefix("model name")).filter_map(|rest| rest.split(':').nth(1)).map(str::trim).collect();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0);
    format!(
        "{} x {}, {} MiB, Linux {}, {}, evenkeel {} ({})",
        models.len(),
        models.first().unwrap_or(&"unknown processor"),
        kib / 1024,
        output("uname", &["-r"]),
        output("rustc", &["--version"]),
        env!("CARGO_PKG_VERSION"),
        output("git", &["describe", "--always", "--dirty"]),
    )
}

fn output(program: &str, arguments: &[&str]) -> String {
    Command::new(program)
        .args(arguments)
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}
