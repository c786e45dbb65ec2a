//! Who calls, and the proofs that somebody was asked: a write function that wants a [`Grant`] or an [`Authorised`] value
//! cannot be called by code that did not check.

use std::{collections::BTreeSet, fmt::Display, ops::Deref};

use axum::extract::FromRequestParts;
use evenkeel_core::{
    Actor, ErrorCode, Failure, Language,
    id::{OrganisationId, PersonId, TenantId},
};
use http::request::Parts;

use crate::{
    Problem,
    policy::{Permission, Role, permissions},
};

/// Who calls. The server's sign-in puts it into the request; a handler names it as an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Whose house of data.
    pub tenant: TenantId,
    /// Who is written into the ledger.
    pub actor: Actor,
    /// The person, also behind a token.
    pub person: Option<PersonId>,
    /// The person's organisation.
    pub organisation: Option<OrganisationId>,
    /// The person's roles.
    pub roles: BTreeSet<Role>,
    /// A token's scopes; `None` = all that the roles allow.
    pub scopes: Option<BTreeSet<Permission>>,
    /// The language in which this request is answered where words come from us (titles of what machines opened): as its
    /// `Accept-Language` asks, English when it asks for neither.
    pub language: Language,
}

/// Proof that this permission was checked. Only [`Caller`] makes one, and [`Grant::system`] for our own workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant(Permission);

impl Grant {
    /// For a worker of ours (consumer, timer, import) that acts by rule, not for a caller.
    pub const fn system(permission: Permission) -> Self {
        Self(permission)
    }
    /// What was checked.
    pub const fn permission(&self) -> Permission {
        self.0
    }
}

/// A value that the caller may handle under a permission.
#[derive(Debug, Clone)]
pub struct Authorised<T> {
    value: T,
    grant: Grant,
}

impl<T> Authorised<T> {
    /// For a worker of ours that acts by rule.
    pub const fn system(permission: Permission, value: T) -> Self {
        Self { value, grant: Grant(permission) }
    }
    /// The proof alone.
    pub const fn grant(&self) -> &Grant {
        &self.grant
    }
    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }
}
impl<T> Deref for Authorised<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// Which rows a list may show. It goes into every list query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every row of the tenant.
    All,
    /// Rows of this organisation.
    Organisation(OrganisationId),
}

impl Scope {
    /// The organisation to bind into `($n IS NULL OR organisation_id = $n)`-like filters.
    pub const fn organisation(&self) -> Option<OrganisationId> {
        match self {
            Self::All => None,
            Self::Organisation(id) => Some(*id),
        }
    }
    /// Whether a row that belongs to these organisations may be shown.
    pub fn shows(&self, organisations: &[Option<OrganisationId>]) -> bool {
        match self {
            Self::All => true,
            Self::Organisation(own) => organisations.contains(&Some(*own)),
        }
    }
}

impl Caller {
    /// What this caller may: what the roles allow, cut down to the token's scopes.
    pub fn permissions(&self) -> BTreeSet<Permission> {
        let mut all: BTreeSet<Permission> = self.roles.iter().flat_map(|role| permissions(*role)).collect();
        if let Some(scopes) = &self.scopes {
            all.retain(|permission| scopes.contains(permission));
        }
        all
    }

    /// Whether this caller may.
    pub fn may(&self, permission: Permission) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&permission))
            && self.roles.iter().any(|role| permissions(*role).contains(&permission))
    }

    /// The proof that this caller may, or 403.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`].
    pub fn require(&self, permission: Permission) -> Result<Grant, Problem> {
        if self.may(permission) { Ok(Grant(permission)) } else { Err(forbidden(permission)) }
    }

    /// Which rows this caller's lists show under this permission.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`].
    pub fn scope(&self, permission: Permission) -> Result<Scope, Problem> {
        self.require(permission)?;
        let whole = self.roles.iter().any(|role| !role.is_scoped() && permissions(*role).contains(&permission));
        match (whole, self.organisation) {
            (true, _) => Ok(Scope::All),
            (false, Some(id)) => Ok(Scope::Organisation(id)),
            (false, None) => Err(forbidden(permission)),
        }
    }

    /// Hands the value back with the proof when the caller may handle something that belongs to one of `organisations`.
    /// What one may not see does not exist: 404, in the very words that are said of a `(kind, id)` that nobody ever made.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] without the permission, [`ErrorCode::NotFound`] for another organisation's.
    pub fn authorise<T>(
        &self,
        permission: Permission,
        organisations: &[Option<OrganisationId>],
        (kind, id): (&str, impl Display),
        value: T,
    ) -> Result<Authorised<T>, Problem> {
        if self.scope(permission)?.shows(organisations) {
            Ok(Authorised { value, grant: Grant(permission) })
        } else {
            Err(Problem::not_found(kind, id))
        }
    }
}

fn forbidden(permission: Permission) -> Problem {
    Failure::new(
        ErrorCode::Forbidden,
        format!("this needs the permission {permission}, which your roles or your token's scopes do not give"),
    )
    .allowed([permission.as_str()])
    .into()
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            Failure::new(ErrorCode::Unauthenticated, "sign in, or send an API token as `Authorization: Bearer evk_…`").into()
        })
    }
}

#[cfg(test)]
mod tests;
