//! `evenkeel metrics export`.

use std::{
    fs::File,
    io::{self, BufWriter, ErrorKind, Write},
    path::PathBuf,
    sync::Arc,
};

use evenkeel_core::{Clock as _, ErrorCode, Failure};
use evenkeel_tsdb::{
    openmetrics::{self, ExportError},
    promql,
    source::{MatchOp, Matcher},
};

use crate::{ambient::SystemClock, app, command::span::when, metric_store::Copy};

/// `evenkeel metrics export`.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// The data folder; the server that has it may run.
    #[arg(long, env = "EVENKEEL_DATA", default_value = "./evenkeel-data", value_name = "DIR")]
    data: PathBuf,
    /// Which series: a selector such as 'up{job="node"}'; all when not given.
    #[arg(long = "match", value_name = "SELECTOR")]
    selector: Option<String>,
    /// From: an instant such as 2026-11-01T00:00:00Z, or so long before the end: 7d.
    #[arg(long, default_value = "30d", value_name = "WHEN")]
    from: String,
    /// To: an instant, or so long before now.
    #[arg(long, default_value = "0", value_name = "WHEN")]
    to: String,
    /// Where to; standard output when not given.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// A selector or times that are none, a folder without metrics, a disk that is full.
pub(super) fn run(args: &ExportArgs) -> Result<(), Failure> {
    let clock = Arc::new(SystemClock);
    let to_ms = when(&args.to, clock.now().as_millisecond(), "--to")?;
    let from_ms = when(&args.from, to_ms, "--from")?;
    if from_ms >= to_ms {
        return Err(Failure::new(ErrorCode::Invalid, "--from does not lie before --to").at("--from"));
    }
    let matchers = match &args.selector {
        Some(text) => promql::selector(text).map_err(|error| Failure::new(ErrorCode::Invalid, error.to_string()).at("--match"))?,
        // Every series has a name.
        None => vec![Matcher { name: "__name__".into(), op: MatchOp::NotEqual, value: "".into(), regex: None }],
    };
    let copy = Copy::open(&args.data, clock)?;
    let write = |out: &mut dyn Write| openmetrics::write(copy.store.as_ref(), app::tenant(), &matchers, (from_ms, to_ms), usize::MAX, out);
    let done = match &args.output {
        Some(path) => File::create(path).map_err(ExportError::Write).and_then(|file| {
            let mut file = BufWriter::new(file);
            let done = write(&mut file)?;
            file.get_ref().sync_all()?;
            Ok(done)
        }),
        None => write(&mut io::stdout().lock()),
    };
    let done = match done {
        // A reader that has had enough.
        Err(ExportError::Write(error)) if args.output.is_none() && error.kind() == ErrorKind::BrokenPipe => return Ok(()),
        Err(error) => {
            let what = format!("{error}; what was written has no \"# EOF\" at its end, so that nobody takes it for whole");
            return Err(Failure::new(ErrorCode::Invalid, what)
                .at(args.output.as_ref().map_or("standard output".into(), |path| path.display().to_string())));
        }
        Ok(done) => done,
    };
    note!("{} samples of {} series written", done.samples, done.series);
    if done.histograms_left_out > 0 {
        note!("{} native histograms were left out: OpenMetrics text has no form for them", done.histograms_left_out);
    }
    if done.series_left_out > 0 {
        note!("{} series without a metric name were left out: OpenMetrics text cannot hold them", done.series_left_out);
    }
    Ok(())
}
