//! The list of what counts: blocks, and how far each tenant's log is in blocks. A text file, replaced as a whole by a
//! rename, so that blocks come and go in one step; see docs/adr/0009.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

use evenkeel_core::id::TenantId;

use super::wal::Position;

const NAME: &str = "MANIFEST";
const FIRST_LINE: &str = "evenkeel-tsdb 1";

/// What a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Samples as they came.
    Raw,
    /// Roll-ups of so many milliseconds.
    Rollup(i64),
}

/// A block that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub number: u64,
    /// Whose.
    pub tenant: TenantId,
    /// What.
    pub tier: Tier,
    /// Start of its stretch of time, milliseconds.
    pub start_ms: i64,
    /// Length of it.
    pub length_ms: i64,
}

/// How far a tenant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Samples in order before this are in blocks.
    pub cut_ms: i64,
    /// Late samples that the log has before this are in blocks.
    pub late: Position,
    /// Blocks before this have their roll-ups.
    pub rolled_ms: i64,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest {
    /// The number that the next block gets.
    pub next_block: u64,
    /// The blocks.
    pub blocks: Vec<Listed>,
    /// The tenants.
    pub tenants: BTreeMap<TenantId, Progress>,
}

impl Manifest {
    fn encode(&self) -> String {
        let mut text = format!("{FIRST_LINE}\nnext {}\n", self.next_block);
        for (tenant, progress) in &self.tenants {
            let Progress { cut_ms, late, rolled_ms } = progress;
            let _ = writeln!(text, "tenant {} {cut_ms} {} {} {rolled_ms}", tenant.uuid(), late.0, late.1);
        }
        for block in &self.blocks {
            let step = match block.tier {
                Tier::Raw => 0,
                Tier::Rollup(step) => step,
            };
            let _ = writeln!(text, "block {} {} {step} {} {}", block.number, block.tenant.uuid(), block.start_ms, block.length_ms);
        }
        let sum = crc32c::crc32c(text.as_bytes());
        let _ = writeln!(text, "sum {sum:08x}");
        text
    }

    fn decode(text: &str) -> Option<Self> {
        let (body, sum) = text.trim_end().rsplit_once('\n')?;
        let sum = u32::from_str_radix(sum.strip_prefix("sum ")?, 16).ok()?;
        if crc32c::crc32c(format!("{body}\n").as_bytes()) != sum {
            return None;
        }
        let mut lines = body.lines();
        if lines.next() != Some(FIRST_LINE) {
            return None;
        }
        let mut manifest = Self::default();
        let tenant = |text: &str| uuid::Uuid::parse_str(text).ok().map(TenantId::from_uuid);
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            match words.as_slice() {
                ["next", next] => manifest.next_block = next.parse().ok()?,
                ["tenant", id, cut, segment, byte, rolled] => {
                    let late = (segment.parse().ok()?, byte.parse().ok()?);
                    let progress = Progress { cut_ms: cut.parse().ok()?, late, rolled_ms: rolled.parse().ok()? };
                    manifest.tenants.insert(tenant(id)?, progress);
                }
                ["block", number, id, step, start, length] => manifest.blocks.push(Listed {
                    number: number.parse().ok()?,
                    tenant: tenant(id)?,
                    tier: match step.parse().ok()? {
                        0 => Tier::Raw,
                        step => Tier::Rollup(step),
                    },
                    start_ms: start.parse().ok()?,
                    length_ms: length.parse().ok()?,
                }),
                _ => return None,
            }
        }
        Some(manifest)
    }

    /// Reads it; an empty one when there is none. `Ok(None)`: it is damaged.
    pub fn load(folder: &Path) -> io::Result<Option<Self>> {
        match fs::read_to_string(folder.join(NAME)) {
            Ok(text) => Ok(Self::decode(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(Self { next_block: 1, ..Self::default() })),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts it in the place of the one before: after this returns it counts, whatever happens to the machine.
    pub fn save(&self, folder: &Path) -> io::Result<()> {
        let draft = folder.join("MANIFEST.draft");
        let mut file = File::create(&draft)?;
        file.write_all(self.encode().as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, folder.join(NAME))?;
        File::open(folder)?.sync_all()
    }
}

#[cfg(test)]
mod tests;
