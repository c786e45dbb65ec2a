//! The continuity indicators that can be computed from what exists.

use super::Source;
use crate::report::{document::Section, section};

pub(super) fn section(source: &Source<'_, '_>) -> Section {
    let ids = ["continuity_1", "continuity_2", "continuity_6", "continuity_8_timeliness", "continuity_8_duration"];
    section::section("continuity", "业务连续性指标", "Continuity indicators", vec![section::figures(source.catalogue.of_definitions(&ids))])
}
