//! Who reads which articles: one rule, as Rust, as SQL, and as the marks that the search index keeps.

use evenkeel_api::{ApiResult, Caller, Permission, Role, Scope};
use evenkeel_core::{id::OrganisationId, state::ArticleVisibility};
use evenkeel_store::Value;

use super::model::{Article, Version};
use crate::search::audience;

/// Somebody who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// One of ours: reads everything, drafts too.
    Staff,
    /// Somebody else: reads what is live and for them.
    Outside {
        /// Their organisation.
        organisation: OrganisationId,
        /// Whether that is a customer's.
        customer: bool,
    },
}

impl Reader {
    /// As what this caller reads.
    pub(crate) fn of(caller: &Caller) -> ApiResult<Self> {
        Ok(match caller.scope(Permission::KnowledgeRead)? {
            Scope::All => Self::Staff,
            Scope::Organisation(organisation) => Self::Outside { organisation, customer: caller.roles.contains(&Role::Customer) },
        })
    }

    /// The version that this reader is shown; `live` is the article's live one.
    pub(super) fn shown(self, article: &Article, live: Option<&Version>) -> Option<i64> {
        let Self::Outside { organisation, customer } = self else { return Some(article.latest_no) };
        let live = live?;
        let reads = match live.visibility {
            ArticleVisibility::Internal => false,
            ArticleVisibility::Organisations => live.organisations.contains(&organisation),
            ArticleVisibility::Customers => customer,
            ArticleVisibility::Everyone => true,
        };
        reads.then_some(live.no)
    }

    /// The condition on rows of `article`, with what is bound into it.
    pub(super) fn condition(self, values: &mut Vec<Value>) -> String {
        let Self::Outside { organisation, customer } = self else { return "1 = 1".to_owned() };
        values.push(organisation.into());
        let customers = if customer { " OR live_visibility = 'customers'" } else { "" };
        format!(
            "live_no IS NOT NULL AND (live_visibility = 'everyone'{customers} OR live_visibility = 'organisations' AND EXISTS
               (SELECT 1 FROM article_reader r WHERE r.tenant_id = article.tenant_id AND r.article_id = article.id
                AND r.organisation_id = ${}))",
            values.len()
        )
    }

    /// The marks of which an article carries at least one when this reader may find it.
    pub(crate) fn marks(self) -> Vec<String> {
        match self {
            Self::Staff => vec![audience::STAFF.to_owned()],
            Self::Outside { organisation, customer } => {
                let mut marks = vec![audience::EVERYONE.to_owned(), audience::organisation(organisation)];
                if customer {
                    marks.push(audience::CUSTOMERS.to_owned());
                }
                marks
            }
        }
    }
}

/// The marks of an article's live version.
pub(crate) fn marks_of(live: &Version) -> Vec<String> {
    let mut marks = vec![audience::STAFF.to_owned()];
    match live.visibility {
        ArticleVisibility::Internal => {}
        ArticleVisibility::Organisations => marks.extend(live.organisations.iter().map(|id| audience::organisation(*id))),
        ArticleVisibility::Customers => marks.push(audience::CUSTOMERS.to_owned()),
        ArticleVisibility::Everyone => marks.push(audience::EVERYONE.to_owned()),
    }
    marks
}

#[cfg(test)]
mod tests {
    use evenkeel_core::{Id, Language, id::TenantId, state::ArticleKind, state::ArticleState};
    use jiff::{Timestamp, civil::date};

    use super::*;

    fn live(visibility: ArticleVisibility, organisations: Vec<OrganisationId>) -> (Article, Version) {
        let at = Timestamp::UNIX_EPOCH;
        let article = Article {
            tenant: TenantId::named("t"),
            id: Id::named("a"),
            number: 1001,
            version: 3,
            state: ArticleState::Draft,
            latest_no: 2,
            live_no: Some(1),
            live_visibility: Some(visibility),
            owner_id: Id::named("o"),
            team_id: None,
            review_on: date(2030, 1, 1),
            problem_id: None,
            uses: 0,
            helpful: 0,
            unhelpful: 0,
            created_at: at,
            updated_at: at,
            published_at: Some(at),
        };
        let version = Version {
            no: 1,
            title: String::new(),
            body: String::new(),
            kind: ArticleKind::HowTo,
            language: Language::En,
            visibility,
            organisations,
            services: Vec::new(),
            author_id: None,
            saved_at: at,
            published_at: Some(at),
        };
        (article, version)
    }

    #[test]
    fn what_one_is_shown_and_what_one_finds_is_the_same_for_every_reader_and_visibility() {
        let (ours, theirs) = (OrganisationId::named("ours"), OrganisationId::named("theirs"));
        let mut shown = 0;
        for visibility in ArticleVisibility::ALL {
            let (article, version) = live(*visibility, vec![ours]);
            let marks = marks_of(&version);
            for reader in [
                Reader::Staff,
                Reader::Outside { organisation: ours, customer: true },
                Reader::Outside { organisation: ours, customer: false },
                Reader::Outside { organisation: theirs, customer: true },
                Reader::Outside { organisation: theirs, customer: false },
            ] {
                let sees = reader.shown(&article, Some(&version));
                let finds = reader.marks().iter().any(|mark| marks.contains(mark));
                assert_eq!(sees.is_some(), finds, "{visibility} {reader:?}");
                if reader != Reader::Staff {
                    assert_ne!(sees, Some(2), "a draft was shown to {reader:?}");
                    assert_eq!(reader.shown(&article, None), None);
                }
                shown += usize::from(finds);
            }
        }
        // Staff 4, ours as customer 3, ours as vendor 2, theirs as customer 2, theirs as vendor 1.
        assert_eq!(shown, 12);
    }
}
