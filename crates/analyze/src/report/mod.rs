//! Service reports, a governed artefact.

pub mod document;
