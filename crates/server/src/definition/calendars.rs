//! The calendars of configuration files alone, for commands that need no database.

use evenkeel_sla::CalendarDefinition;

use super::{
    File,
    finding::{Findings, Source},
    read,
    resolve::{Known, resolve},
};

/// Every calendar of the files with its name, checked; other sections are read but not resolved.
///
/// # Errors
/// Everything wrong with the files' shape and with their calendars.
pub fn calendars(sources: &[Source]) -> Result<Vec<(String, CalendarDefinition)>, Findings> {
    let files = read::read(sources)?.into_iter().map(|file| File { calendars: file.calendars, ..File::default() }).collect();
    let resolved = resolve(sources, files, Known::default())?;
    Ok(resolved.calendars.into_iter().map(|declared| (declared.name, declared.body)).collect())
}
