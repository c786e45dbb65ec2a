//! Changes and releases as entries of a calendar, pure.

use evenkeel_api::ical::{Entry, Standing};
use evenkeel_core::state::{ReleaseState, StageState};

use crate::{change::Change, release::Release};

/// One entry a window of a change, one a stage of a release that has a time. With each release stand the names of its stages,
/// where the reader may know them.
pub(super) fn entries(changes: &[Change], releases: &[(Release, Vec<String>)], public_url: &str) -> Vec<Entry> {
    let standing = |decided: bool| Some(if decided { Standing::Confirmed } else { Standing::Tentative });
    let of_changes = changes.iter().map(|change| Entry {
        uid: format!("change-{}@evenkeel", change.id),
        since: change.window.from,
        until: change.window.to,
        summary: format!("CHG-{} {}", change.number, change.title).trim_end().to_owned(),
        standing: standing(change.authorised == Some(true)),
        url: Some(format!("{public_url}/changes/{}", change.id)),
    });
    let of_releases = releases.iter().flat_map(|(release, names)| {
        let decided = !matches!(release.state, ReleaseState::Planned | ReleaseState::Built);
        release.content.stages.iter().enumerate().filter_map(move |(at, stage)| {
            // What had not begun when it was over takes place no more.
            let over = matches!(release.state, ReleaseState::RolledBack | ReleaseState::Closed);
            if over && release.progress.get(at).is_none_or(|stage| stage.state == StageState::Waiting) {
                return None;
            }
            let (place, of) = (at + 1, release.content.stages.len());
            let name = names.get(at).map(|name| format!(" · {name}")).unwrap_or_default();
            Some(Entry {
                uid: format!("release-{}-{place}@evenkeel", release.id),
                since: stage.from?,
                until: stage.to?,
                summary: format!("REL-{} {} {}{name} ({place}/{of})", release.number, release.content.name, release.title),
                standing: standing(decided),
                url: Some(format!("{public_url}/releases/{}", release.id)),
            })
        })
    });
    of_changes.chain(of_releases).collect()
}
