//! Memory and paging.

use std::io;

use super::{Page, Root, name_part, number};

/// `/proc/meminfo`.
pub fn memory(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for line in root.read("proc/meminfo")?.lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(value)) = (words.next(), words.next().and_then(number)) else { continue };
        // "Active(anon):" is Active_anon.
        let name = name_part(name.trim_end_matches(':').trim_end_matches(')'));
        match words.next() {
            Some("kB") => page.put(&format!("node_memory_{name}_bytes"), &[], value * 1024.0),
            _ => page.put(&format!("node_memory_{name}"), &[], value),
        }
    }
    Ok(())
}

/// `/proc/vmstat`: paging, swapping, faults, and processes killed for want of memory.
pub fn paging(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for line in root.read("proc/vmstat")?.lines() {
        let Some((name, value)) = line.split_once(' ').and_then(|(name, value)| Some((name, number(value)?))) else { continue };
        let wanted =
            ["oom_kill", "pgpg", "pswp"].iter().any(|start| name.starts_with(start)) || (name.starts_with("pg") && name.contains("fault"));
        if wanted {
            page.put(&format!("node_vmstat_{name}"), &[], value);
        }
    }
    Ok(())
}
