//! What is said of the work at the desk: what is to be done on an incident, how long people were at a ticket, and who took a
//! list of it along.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{body, voice::TicketRef};
use crate::id::{ChecklistItemId, GrievanceId, PersonId, TimeEntryId};

/// Something is to be done on an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistAdded {
    /// Which item.
    pub item_id: ChecklistItemId,
    /// Digest of what is to be done.
    pub text: String,
}
body!(ChecklistAdded, "incident.checklist_added", "incident");

/// It was done, or not done after all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistChecked {
    /// Which item.
    pub item_id: ChecklistItemId,
    /// Whether it is done now.
    pub done: bool,
}
body!(ChecklistChecked, "incident.checklist_checked", "incident");

/// Somebody was at a ticket. The time of a person on a ticket is the sum of the minutes of these: a correction is one more of
/// them, so that what was said before stays said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRecorded {
    /// On which ticket.
    pub ticket: TicketRef,
    /// Whose time.
    pub person_id: PersonId,
    /// Minutes; negative only in a correction.
    pub minutes: i64,
    /// When the work was done, or ended.
    pub spent_at: Timestamp,
    /// Digest of what was done, when said.
    pub text: Option<String>,
    /// The entry that this one corrects: the sum of both is what counts.
    pub corrects: Option<TimeEntryId>,
}
body!(TimeRecorded, "time_entry.recorded", "time_entry");

/// Somebody called, and one of ours wrote it down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallLogged {
    /// Who called, when they are known to us.
    pub person_id: Option<PersonId>,
    /// Who took the call.
    pub taken_by: PersonId,
    /// The ticket that it became or is part of; none of a grievance.
    pub ticket: Option<TicketRef>,
    /// The grievance that it became.
    pub grievance_id: Option<GrievanceId>,
    /// When it began; it ended `secs` later.
    pub started_at: Timestamp,
    /// How long it took, seconds.
    pub secs: i64,
}
body!(CallLogged, "call.logged", "call");

/// Somebody took a list of the desk along. Its subject is who did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskExported {
    /// How many rows.
    pub rows: i64,
    /// Whether these were all that the filter finds.
    pub complete: bool,
    /// What was asked for, without what was searched.
    pub filter: Value,
    /// Whether words were searched.
    pub searched: bool,
}
body!(DeskExported, "desk.exported", "export");
