//! Fonts: bytes handed in first, then what this machine has.

use std::path::{Path, PathBuf};

use typst::{
    foundations::Bytes,
    text::{Font, FontWeight},
};

use crate::words::Language;

/// Folders in which systems keep fonts.
const FOLDERS: &[&str] = &[
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "/opt/homebrew/share/fonts",
    "C:\\Windows\\Fonts",
];
/// Families with Chinese glyphs, the best first, by the beginning of the file's name and by the family in it.
const CHINESE: &[(&str, &str)] = &[
    ("NotoSansCJK", "Noto Sans CJK SC"),
    ("NotoSansSC", "Noto Sans SC"),
    ("NotoSansCJKsc", "Noto Sans CJK SC"),
    ("SourceHanSans", "Source Han Sans SC"),
    ("wqy-microhei", "WenQuanYi Micro Hei"),
    ("wqy-zenhei", "WenQuanYi Zen Hei"),
    ("PingFang", "PingFang SC"),
    ("msyh", "Microsoft YaHei"),
    ("uming", "AR PL UMing CN"),
];
/// Families that will do for English when none of the above is there.
const LATIN: &[(&str, &str)] =
    &[("NotoSans-", "Noto Sans"), ("DejaVuSans", "DejaVu Sans"), ("LiberationSans", "Liberation Sans"), ("Arial", "Arial")];
/// How deep and how many files a search looks at.
const DEPTH_MAX: usize = 6;
const FILES_MAX: usize = 20_000;

/// Why there is no font to set in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FontError {
    /// Nothing with Chinese glyphs.
    #[error(
        "a Chinese PDF needs a font with Chinese characters and this machine has none that we know; install one \
         (Debian and Ubuntu: apt-get install fonts-noto-cjk; Fedora: dnf install google-noto-sans-cjk-fonts) and try again"
    )]
    Chinese,
    /// Nothing at all.
    #[error(
        "a PDF needs a font and this machine has none that we know; install one (Debian and Ubuntu: apt-get install fonts-dejavu-core)"
    )]
    Any,
}

/// Where fonts come from.
#[derive(Debug, Clone, Default)]
pub struct Fonts {
    /// Whole font files handed in.
    given: Vec<Vec<u8>>,
    /// Files found on this machine, each with the family wanted from it.
    found: Vec<(PathBuf, &'static str)>,
}

/// The faces to set in, and the name to call them by.
pub(super) struct Faces {
    pub family: String,
    pub fonts: Vec<Font>,
}

impl Fonts {
    /// Font files (TTF, OTF, TTC) as bytes, such as embedded ones. The first file's family is used.
    pub fn given(files: Vec<Vec<u8>>) -> Self {
        Self { given: files, found: Vec::new() }
    }

    /// What this machine has, looked for in the usual folders.
    pub fn system() -> Self {
        let mut folders: Vec<PathBuf> = FOLDERS.iter().map(PathBuf::from).collect();
        if let Some(home) = std::env::var_os("HOME").map(PathBuf::from) {
            folders.extend([home.join(".fonts"), home.join(".local/share/fonts"), home.join("Library/Fonts")]);
        }
        Self::in_folders(&folders)
    }

    /// What these folders have.
    pub fn in_folders(folders: &[PathBuf]) -> Self {
        let mut files = Vec::new();
        for folder in folders {
            collect(folder, DEPTH_MAX, &mut files);
        }
        files.sort();
        let found = CHINESE
            .iter()
            .chain(LATIN)
            .flat_map(|(start, family)| files.iter().filter(move |file| name_starts(file, start)).map(|file| (file.clone(), *family)))
            .collect();
        Self { given: Vec::new(), found }
    }

    /// Whether a Chinese report can be set, for the check-up.
    pub fn has_chinese(&self) -> bool {
        self.faces(Language::Zh).is_ok()
    }

    pub(super) fn faces(&self, language: Language) -> Result<Faces, FontError> {
        let need = if language == Language::Zh { '汉' } else { 'A' };
        let given: Vec<Font> = self.given.iter().flat_map(|file| Font::iter(Bytes::new(file.clone()))).collect();
        if let Some(faces) = family_of(given, None, need) {
            return Ok(faces);
        }
        let mut families: Vec<&'static str> = Vec::new();
        for (_, family) in &self.found {
            if !families.contains(family) {
                families.push(family);
            }
        }
        for family in families {
            let fonts = self
                .found
                .iter()
                .filter(|(file, of)| *of == family && wanted_weight(file))
                .filter_map(|(file, _)| std::fs::read(file).ok())
                .flat_map(|file| Font::iter(Bytes::new(file)))
                .collect();
            if let Some(faces) = family_of(fonts, Some(family), need) {
                return Ok(faces);
            }
        }
        Err(if language == Language::Zh { FontError::Chinese } else { FontError::Any })
    }
}

/// The faces of one family, when it has the glyph that is needed.
fn family_of(fonts: Vec<Font>, family: Option<&str>, need: char) -> Option<Faces> {
    let has = |font: &&Font| font.info().coverage.contains(u32::from(need)) && family.is_none_or(|family| font.info().family == family);
    let family = fonts.iter().find(has)?.info().family.clone();
    let fonts =
        fonts.into_iter().filter(|font| font.info().family == family && font.info().variant.weight >= FontWeight::REGULAR).collect();
    Some(Faces { family, fonts })
}

/// Of the many weights of a big family we read two: a file is tens of megabytes.
fn wanted_weight(file: &Path) -> bool {
    let name = file.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let other = ["light", "thin", "black", "medium", "demi", "italic", "oblique", "mono", "condensed", "extralight", "semi"];
    !other.iter().any(|word| name.contains(word))
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
