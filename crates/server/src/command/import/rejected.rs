//! The file of rows that were not taken: line, key, reason, and the row as far as it can be read.

use std::{
    fs::{File, OpenOptions},
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use evenkeel_core::{ErrorCode, Failure};

/// The file, made with the first rejected row.
pub struct Rejections {
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
}

impl Rejections {
    /// Goes on after `bytes` of the file; 0 = begins anew. What an interrupted run wrote behind them is cut off: those rows
    /// are read again.
    pub fn after(path: &Path, bytes: u64) -> Result<Self, Failure> {
        let mut rejections = Self { path: path.to_owned(), file: None, bytes };
        if bytes > 0 {
            rejections.open()?;
        } else if path.exists() {
            std::fs::remove_file(path).map_err(|error| rejections.failed(&error))?;
        }
        Ok(rejections)
    }

    fn failed(&self, error: &dyn std::fmt::Display) -> Failure {
        let name = self.path.display().to_string();
        Failure::new(ErrorCode::Invalid, format!("{name} cannot be written: {error}; give another with --rejected FILE")).at(name)
    }

    fn open(&mut self) -> Result<&mut File, Failure> {
        if self.file.is_none() {
            let made = OpenOptions::new().create(true).write(true).truncate(false).open(&self.path).and_then(|mut file| {
                file.set_len(self.bytes)?;
                file.seek(SeekFrom::End(0))?;
                Ok(file)
            });
            self.file = Some(made.map_err(|error| self.failed(&error))?);
        }
        self.file.as_mut().ok_or_else(|| Failure::new(ErrorCode::Internal, "the file of rejected rows is not open"))
    }

    /// Writes rows down, on disk before it returns; answers how long the file is now.
    pub fn write(&mut self, rows: &[(u64, String, String, String)]) -> Result<u64, Failure> {
        if rows.is_empty() {
            return Ok(self.bytes);
        }
        let mut text = Vec::new();
        {
            let mut writer = csv::Writer::from_writer(&mut text);
            let header = (self.bytes == 0).then_some(["line", "key", "reason", "row"].map(str::to_owned).to_vec());
            let rows = rows.iter().map(|(line, key, reason, row)| vec![line.to_string(), key.clone(), reason.clone(), row.clone()]);
            for row in header.into_iter().chain(rows) {
                writer.write_record(&row).map_err(|error| self.failed(&error))?;
            }
            writer.flush().map_err(|error| self.failed(&error))?;
        }
        let length = u64::try_from(text.len()).unwrap_or(0);
        let written = {
            let file = self.open()?;
            file.write_all(&text).and_then(|()| file.sync_data())
        };
        written.map_err(|error| self.failed(&error))?;
        self.bytes += length;
        Ok(self.bytes)
    }
}
