//! `evenkeel metrics import`.

use std::{fs::File, io::BufReader, path::PathBuf, sync::Arc};

use evenkeel_core::{Clock as _, ErrorCode, Failure};
use evenkeel_tsdb::{
    exposition::Options,
    openmetrics::{self, ImportError},
    store::{StoreError, Taken},
};

use crate::{ambient::SystemClock, app, config::MetricArgs, metric_store::MetricStore};

/// Progress is told each time so many samples more were read.
const TELL_EVERY: u64 = 10_000_000;
/// Reasons that are told by example, at most.
const NAMED_MAX: usize = 3;

/// `evenkeel metrics import`.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// The data folder; made when it is not there. The server that has it must be stopped.
    #[arg(long, env = "EVENKEEL_DATA", default_value = "./evenkeel-data", value_name = "DIR")]
    data: PathBuf,
    /// Read the whole file and say what it holds; keep nothing.
    #[arg(long)]
    dry_run: bool,
    /// How long samples are kept: what is older is not taken.
    #[command(flatten)]
    metric: MetricArgs,
    /// `OpenMetrics` text that ends in "# EOF"; each sample with its instant.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Runs it.
///
/// # Errors
/// A file that cannot be read or is no `OpenMetrics`, a folder that a server has, a disk that is full. What was read before is
/// kept, and the file can be taken again.
pub(super) fn run(args: &ImportArgs) -> Result<(), Failure> {
    let clock = Arc::new(SystemClock);
    let name = args.file.display().to_string();
    let file = File::open(&args.file).map_err(|error| Failure::new(ErrorCode::NotFound, format!("{name} cannot be read: {error}")))?;
    let now_ms = clock.now().as_millisecond();
    let bytes = file.metadata().map_or(0, |meta| meta.len());
    let mut read = Progress { bytes, samples: 0 };
    let store = if args.dry_run { None } else { Some(MetricStore::open(&args.data, &args.metric, clock)?.store) };
    let mut history = store.as_ref().map(|store| store.history(app::tenant()));
    let done = openmetrics::read(&mut BufReader::new(file), now_ms, Options::default(), |batch| {
        read.add(batch.len() as u64);
        history.as_mut().map_or(Ok(()), |history| batch.with_incoming(|samples| history.add(samples)))
    });
    // What came before a fault in the file is kept.
    let taken = history.map(evenkeel_tsdb::store::History::finish).transpose().map_err(|error| full(&error))?;
    let whole = done.map_err(|error| match error {
        ImportError::Take(error) => full(&error),
        other => {
            Failure::new(ErrorCode::Invalid, format!("{other}; {} samples before it were {}", read.samples, kept(args.dry_run))).at(name)
        }
    })?;
    match taken {
        None => say!("{} samples in {} bytes can be read; nothing was kept", whole.samples, whole.bytes),
        Some(taken) => tell(&taken),
    }
    Ok(())
}

fn kept(dry_run: bool) -> &'static str {
    if dry_run { "good" } else { "taken" }
}

fn full(error: &StoreError) -> Failure {
    let code = if matches!(error, StoreError::Full { .. }) { ErrorCode::StorageFull } else { ErrorCode::Invalid };
    Failure::new(code, format!("{error}; run this again afterwards: what is there already does no harm")).at("--data")
}

fn tell(taken: &Taken) {
    say!("{} samples taken", taken.accepted);
    for (why, count) in taken.reasons() {
        note!("{count} samples were not taken: {why}");
    }
    for named in taken.named.iter().take(NAMED_MAX) {
        note!("  such as {named}");
    }
}

/// How far reading has come.
struct Progress {
    bytes: u64,
    samples: u64,
}

impl Progress {
    fn add(&mut self, samples: u64) {
        let before = self.samples / TELL_EVERY;
        self.samples += samples;
        if self.samples / TELL_EVERY > before {
            note!("{} million samples read, of a file of {} MiB", self.samples / 1_000_000, self.bytes >> 20);
        }
    }
}
