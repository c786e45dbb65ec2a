//! Who may find something, as marks: a thing carries some, a reader has some, and one in common is enough. The index filters
//! by them inside every query, so that hits, counts and completions are of what one may read and of nothing else.

use evenkeel_api::{ApiResult, Caller, Permission, Scope};
use evenkeel_core::{
    id::{OrganisationId, PersonId},
    state::Findable,
};

use crate::knowledge::Reader;

/// Staff of the house.
pub(crate) const STAFF: &str = "staff";
/// Everybody who is signed in.
pub(crate) const EVERYONE: &str = "everyone";
/// Every customer.
pub(crate) const CUSTOMERS: &str = "customers";

/// The people of an organisation.
pub(crate) fn organisation(id: OrganisationId) -> String {
    format!("organisation:{id}")
}

/// One person.
pub(crate) fn person(id: PersonId) -> String {
    format!("person:{id}")
}

/// The marks of a reader of tickets: the person, and staff or their organisation.
fn marks(caller: &Caller, scope: Scope) -> Vec<String> {
    let mut marks: Vec<String> = caller.person.map(person).into_iter().collect();
    marks.push(match scope {
        Scope::All => STAFF.to_owned(),
        Scope::Organisation(id) => organisation(id),
    });
    marks
}

/// What a reader may find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Audience {
    /// Each kind that they may find at all, with their marks for it.
    pub kinds: Vec<(Findable, Vec<String>)>,
    /// Whether what is for staff alone within a ticket is searched too.
    pub inner: bool,
}

impl Audience {
    /// What this caller may find, of one kind when given.
    ///
    /// # Errors
    /// 403 when the caller reads no articles: searching is for those who read.
    pub(crate) fn of(caller: &Caller, kind: Option<Findable>) -> ApiResult<Self> {
        let mut kinds = vec![(Findable::Article, Reader::of(caller)?.marks())];
        let mut whole = true;
        for (kind, permission) in [
            (Findable::Incident, Permission::IncidentRead),
            (Findable::Request, Permission::RequestRead),
            (Findable::Release, Permission::ReleaseRead),
        ] {
            if let Ok(scope) = caller.scope(permission) {
                whole &= scope == Scope::All;
                kinds.push((kind, marks(caller, scope)));
            }
        }
        if caller.scope(Permission::ProblemRead).is_ok_and(|scope| scope == Scope::All) {
            kinds.push((Findable::Problem, vec![STAFF.to_owned()]));
        }
        kinds.retain(|(one, _)| kind.is_none_or(|kind| kind == *one));
        Ok(Self { kinds, inner: whole && caller.may(Permission::IncidentNoteInternal) })
    }

    /// Whether something of this kind with these marks may be found.
    pub(crate) fn finds(&self, kind: Findable, marks: &[String]) -> bool {
        self.kinds.iter().any(|(one, own)| *one == kind && own.iter().any(|mark| marks.contains(mark)))
    }
}
