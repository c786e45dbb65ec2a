//! The one table of error codes. Servers send codes and parameters; sentences are the console's, in the reader's language.

use serde::Serialize;

macro_rules! codes {
    ($($variant:ident = $code:literal, $status:literal, $title:literal;)*) => {
        /// A stable machine code. Once published a code keeps its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $(#[doc = $title] $variant),* }
        impl ErrorCode {
            /// Every code, for documents and tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The code on the wire.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $code),* } }
            /// The HTTP status it travels with.
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status),* } }
            /// A short English title (RFC 9457 `title`).
            pub const fn title(self) -> &'static str { match self { $(Self::$variant => $title),* } }
        }
    };
}

codes! {
    BadRequest = "bad_request", 400, "The request cannot be read";
    Invalid = "invalid", 422, "A value is not acceptable";
    Unauthenticated = "unauthenticated", 401, "Sign in first";
    Forbidden = "forbidden", 403, "Your role does not allow this";
    MethodNotAllowed = "method_not_allowed", 405, "This address does not take this method";
    NotFound = "not_found", 404, "There is no such thing, or you may not see it";
    Conflict = "conflict", 409, "It changed meanwhile";
    StateRefused = "state_refused", 409, "The state does not allow this";
    Duplicate = "duplicate", 409, "It exists already";
    TooLarge = "too_large", 413, "The body is over the limit";
    PreconditionFailed = "precondition_failed", 412, "You hold an older version";
    TokenUsed = "token_used", 410, "This link was used already";
    TokenForged = "token_forged", 403, "This link is not valid";
    TokenExpired = "token_expired", 410, "This link is too old";
    RateLimited = "rate_limited", 429, "Too many attempts; wait";
    StorageFull = "storage_full", 507, "The disk is full; nothing was saved";
    TimedOut = "timed_out", 504, "It took too long and was given up";
    StorageAway = "storage_away", 503, "The database cannot be reached; nothing was saved";
    Internal = "internal", 500, "Something broke on our side";
}

/// What went wrong, for a person and for a client: what, where, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The stable code.
    #[serde(serialize_with = "code_text")]
    pub code: ErrorCode,
    /// One sentence: what, where, what to do. English; the console prefers its own words for the code.
    pub detail: String,
    /// The field or place, as a JSON pointer or a `file:line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What would have been accepted (edges of a state machine, names that exist).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn code_text<S: serde::Serializer>(code: &ErrorCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}

impl Failure {
    /// A failure with a sentence.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), at: None, allowed: Vec::new() }
    }
    /// Says where.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.at = Some(place.into());
        self
    }
    /// Says what would have been accepted.
    #[must_use]
    pub fn allowed(mut self, allowed: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.allowed = allowed.into_iter().map(Into::into).collect();
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)?;
        if let Some(at) = &self.at {
            write!(f, " (at {at})")?;
        }
        if !self.allowed.is_empty() {
            write!(f, "; allowed: {}", self.allowed.join(", "))?;
        }
        Ok(())
    }
}
impl std::error::Error for Failure {}
