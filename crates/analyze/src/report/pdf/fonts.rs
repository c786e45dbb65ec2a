//! Fonts: our own, part of the binary, so that a report looks the same everywhere; and for a rare character that ours
//! lacks, what this machine has (ADR 6).

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use typst::{foundations::Bytes, text::Font};

/// The family every report is set in.
pub(super) const FAMILY: &str = "Noto Sans SC";

/// Read once: the files are part of the binary.
static OURS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    const FILES: [&[u8]; 2] =
        [include_bytes!("../../../fonts/NotoSansSC-Regular.ttf"), include_bytes!("../../../fonts/NotoSansSC-Bold.ttf")];
    FILES.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect()
});

/// Folders in which systems keep fonts.
const FOLDERS: &[&str] =
    &["/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts", "/opt/homebrew/share/fonts"];
/// Files with many Chinese characters, the best first, by the beginning of their names.
const LARGE: &[&str] =
    &["NotoSansCJK-Regular", "NotoSansCJKsc-Regular", "SourceHanSans", "wqy-microhei", "wqy-zenhei", "PingFang", "uming"];
/// How deep and how many files a search looks at.
const DEPTH_MAX: usize = 6;
const FILES_MAX: usize = 20_000;

/// The fonts to set `text` in: ours, and one large file of this machine when `text` has characters that ours lack.
pub(super) fn for_text(text: &str) -> Vec<Font> {
    for_text_in(text, &FOLDERS.iter().map(PathBuf::from).collect::<Vec<_>>())
}

pub(super) fn for_text_in(text: &str, folders: &[PathBuf]) -> Vec<Font> {
    let mut fonts = OURS.clone();
    let missing: BTreeSet<char> = text.chars().filter(|c| !c.is_control() && !covers(&fonts, *c)).collect();
    if missing.is_empty() {
        return fonts;
    }
    let mut files = Vec::new();
    for folder in folders {
        collect(folder, DEPTH_MAX, &mut files);
    }
    files.sort();
    let candidates = LARGE.iter().flat_map(|start| files.iter().filter(move |file| name_starts(file, start)));
    for file in candidates {
        let Ok(bytes) = std::fs::read(file) else { continue };
        let found: Vec<Font> = Font::iter(Bytes::new(bytes)).collect();
        if missing.iter().any(|c| covers(&found, *c)) {
            fonts.extend(found);
            return fonts;
        }
    }
    let sample: String = missing.iter().take(20).collect();
    tracing::warn!(characters = sample, "a report has characters that no font here has; they are set as boxes (Debian: fonts-noto-cjk)");
    fonts
}

fn covers(fonts: &[Font], character: char) -> bool {
    fonts.iter().any(|font| font.info().coverage.contains(u32::from(character)))
}

fn name_starts(file: &Path, start: &str) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start))
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if files.len() >= FILES_MAX {
            return;
        }
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth > 0 => collect(&path, depth - 1, files),
            Ok(kind) if !kind.is_dir() => {
                let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
                if matches!(extension.as_str(), "ttf" | "otf" | "ttc" | "otc") {
                    files.push(path);
                }
            }
            _ => {}
        }
    }
}
