//! The world that the typesetter sees: one template, one file of data, the fonts. Nothing else exists for it.

use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_pdf::{PdfOptions, Timestamp};

use super::{PdfError, fonts::FAMILY};
use crate::report::document::Document;

const TEMPLATE: &str = include_str!("template.typ");

struct Paper {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
    data: (FileId, Bytes),
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }
    fn main(&self) -> FileId {
        self.main.id()
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(missing(id)) }
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 { Ok(self.data.1.clone()) } else { Err(missing(id)) }
    }
    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_with_slash().into())
}

fn file(name: &str) -> Result<FileId, PdfError> {
    let path = VirtualPath::new(name).map_err(|error| PdfError::Typeset(format!("{name}: {error:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn created(document: &Document) -> Option<Timestamp> {
    let at = document.generated_at.to_zoned(jiff::tz::TimeZone::UTC);
    let part = |number: i8| u8::try_from(number).ok();
    let datetime = Datetime::from_ymd_hms(
        i32::from(at.year()),
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
    )?;
    Some(Timestamp::new_utc(datetime))
}

/// Sets `data` in the template.
pub fn typeset(data: String, fonts: Vec<Font>, document: &Document) -> Result<Vec<u8>, PdfError> {
    let template = TEMPLATE.replace("@FAMILY@", FAMILY);
    let paper = Paper {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        main: Source::new(file("/report.typ")?, template),
        data: (file("/report.json")?, Bytes::from_string(data)),
    };
    let refused = |errors: &[typst::diag::SourceDiagnostic]| {
        let words: Vec<String> = errors
            .iter()
            .map(|error| {
                let line = typst::WorldExt::range(&paper, error.span)
                    .map(|range| paper.main.text()[..range.start.min(paper.main.text().len())].lines().count())
                    .unwrap_or_default();
                format!("report.typ:{line}: {}", error.message)
            })
            .collect();
        PdfError::Typeset(words.join("; "))
    };
    let options = PdfOptions {
        ident: Smart::Custom(format!("{} v{}", document.number, document.version)),
        creator: Smart::Custom(Some("Evenkeel".to_owned())),
        timestamp: created(document),
        ..PdfOptions::default()
    };
    let pages = typst::compile(&paper).output.map_err(|errors| refused(&errors))?;
    let pdf = typst_pdf::pdf(&pages, &options).map_err(|errors| refused(&errors));
    drop(pages);
    // The typesetter remembers what it laid out for a next time that will not come.
    comemo::evict(0);
    pdf
}
