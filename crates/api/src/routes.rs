//! Routes together with what the document says of them.
//!
//! A description is made when somebody asks for the document and not before: they take seventeen
//! megabytes (resident, measured on the release build), and a server that is left alone never needs them (ADR 26).

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, routing::MethodRouter};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// One address with its handlers, made by [`routes!`](crate::routes!).
pub struct Route<S> {
    #[doc(hidden)]
    pub path: String,
    #[doc(hidden)]
    pub methods: MethodRouter<S>,
    #[doc(hidden)]
    pub describe: fn() -> UtoipaMethodRouter<S>,
}

impl<S> std::fmt::Debug for Route<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Route").field(&self.path).finish()
    }
}

type Describe = Arc<dyn Fn() -> OpenApi + Send + Sync>;

/// Routes that share a state, and their part of the document.
#[derive(Clone)]
pub struct Routes<S = ()> {
    router: Router<S>,
    described: Vec<Describe>,
}

impl<S> std::fmt::Debug for Routes<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Routes").field("described", &self.described.len()).finish_non_exhaustive()
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None yet.
    pub fn new() -> Self {
        Self { router: Router::new(), described: Vec::new() }
    }

    /// Adds an address.
    #[must_use]
    pub fn routes(mut self, route: Route<S>) -> Self {
        let describe = route.describe;
        self.router = self.router.route(&route.path, route.methods);
        self.described.push(Arc::new(move || OpenApiRouter::<S>::new().routes(describe()).into_openapi()));
        self
    }

    /// Adds all of another's.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.described.extend(other.described);
        self
    }

    /// Their bodies have a limit of their own, bytes.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Self {
        Self { router: self.router.layer(DefaultBodyLimit::max(bytes)), ..self }
    }

    /// Gives them their state.
    #[must_use]
    pub fn with_state<T>(self, state: S) -> Routes<T> {
        Routes { router: self.router.with_state(state), described: self.described }
    }

    /// What is served, and what the document says of it.
    pub fn split(self) -> (Router<S>, Descriptions) {
        (self.router, Descriptions(self.described))
    }
}

/// Descriptions of operations, not made yet.
#[derive(Clone)]
pub struct Descriptions(Vec<Describe>);

impl std::fmt::Debug for Descriptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Descriptions").field(&self.0.len()).finish()
    }
}

impl Descriptions {
    /// Makes them, into this document.
    pub fn written_into(&self, mut document: OpenApi) -> OpenApi {
        for describe in &self.0 {
            document.merge(describe());
        }
        document
    }
}

/// The handlers of one address, each annotated with `utoipa::path`.
#[macro_export]
macro_rules! routes {
    ( $first:path $(, $more:path)* $(,)? ) => {{
        use $crate::utoipa_axum::PathItemExt as _;
        let methods = ::axum::routing::MethodRouter::new();
        let methods = $crate::routes!(@on methods, $first);
        $( let methods = $crate::routes!(@on methods, $more); )*
        $crate::routes::Route {
            path: $crate::utoipa_axum::paste! { $crate::utoipa_axum::routes!(@path [path()] of $first) },
            methods,
            describe: || $crate::utoipa_axum::routes!($first $(, $more)*),
        }
    }};
    ( @on $methods:ident, $handler:path ) => {
        $crate::utoipa_axum::paste! { $crate::utoipa_axum::routes!(@path [methods()] of $handler) }
            .iter()
            .fold($methods, |methods, method| methods.on(method.to_method_filter(), $handler))
    };
}
