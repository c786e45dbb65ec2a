//! The labels of a series: of the resource, of the scope, of the point.

use std::borrow::Cow;

use super::{
    Options,
    model::KeyValue,
    name::{self, Strategy},
};

/// Labels, each name once.
pub(super) type Labels = Vec<(String, String)>;

pub(super) const IDENTIFYING: [&str; 3] = ["service.namespace", "service.name", "service.instance.id"];

fn find<'a>(attributes: &'a [KeyValue<'_>], key: &str) -> Option<Cow<'a, str>> {
    attributes.iter().find(|pair| pair.key == key).map(|pair| pair.value.text())
}

fn put(labels: &mut Labels, name: &str, value: &str) {
    match labels.iter_mut().find(|(have, _)| have == name) {
        Some((_, have)) => value.clone_into(have),
        None => labels.push((name.to_owned(), value.to_owned())),
    }
}

/// Attributes as labels, in the order of their keys. When two keys become one name their values are joined with `;`.
pub(super) fn translated<'a>(attributes: impl Iterator<Item = &'a KeyValue<'a>>, strategy: Strategy) -> Labels {
    let mut sorted: Vec<&KeyValue<'_>> = attributes.collect();
    sorted.sort_by(|a, b| a.key.cmp(&b.key));
    let mut labels = Labels::with_capacity(sorted.len());
    for pair in sorted {
        let Some(name) = name::label(&pair.key, strategy) else { continue };
        let value = pair.value.text();
        match labels.iter_mut().find(|(have, _)| *have == name) {
            Some((_, have)) => {
                have.push(';');
                have.push_str(&value);
            }
            None => labels.push((name.into_owned(), value.into_owned())),
        }
    }
    labels
}

/// What a resource gives each of its series.
#[derive(Debug, Default)]
pub(super) struct Resource {
    /// Attributes that are promoted; the point's own win.
    pub promoted: Labels,
    /// `job` and `instance`; they win over everything.
    pub identity: Labels,
    /// Labels of `target_info`; `None` when it would say nothing.
    pub info: Option<Labels>,
}

impl Resource {
    pub fn new(attributes: &[KeyValue<'_>], options: &Options) -> Self {
        let strategy = options.strategy;
        let promoted = attributes.iter().filter(|pair| {
            options.promote_all_resource_attributes || options.promote_resource_attributes.iter().any(|name| *name == pair.key)
        });
        let promoted = translated(promoted, strategy);
        let mut identity = Labels::new();
        if let Some(service) = find(attributes, "service.name") {
            let namespace = find(attributes, "service.namespace");
            let job = namespace.map_or_else(|| service.to_string(), |namespace| format!("{namespace}/{service}"));
            put(&mut identity, "job", &job);
        }
        if let Some(instance) = find(attributes, "service.instance.id") {
            put(&mut identity, "instance", &instance);
        }
        let identifying = |pair: &&KeyValue<'_>| IDENTIFYING.contains(&pair.key.as_ref());
        let says_more = attributes.iter().any(|pair| !identifying(&pair));
        let info = (says_more && !identity.is_empty()).then(|| {
            let kept = attributes.iter().filter(|pair| options.keep_identifying_resource_attributes || !identifying(pair));
            let mut labels = translated(kept, strategy);
            for (name, value) in &identity {
                put(&mut labels, name, value);
            }
            labels
        });
        Self { promoted, identity, info }
    }
}

/// What a scope gives each of its series.
pub(super) fn scope(named: &str, version: &str, schema: &str, attributes: &[KeyValue<'_>], options: &Options) -> Labels {
    let mut labels = Labels::new();
    if !options.promote_scope_metadata || named.is_empty() {
        return labels;
    }
    put(&mut labels, "otel_scope_name", named);
    put(&mut labels, "otel_scope_version", version);
    put(&mut labels, "otel_scope_schema_url", schema);
    for pair in attributes {
        if let Some(name) = name::label(&format!("otel_scope_{}", pair.key), options.strategy) {
            put(&mut labels, &name, &pair.value.text());
        }
    }
    labels
}

/// All labels of a point's series but the name.
pub(super) fn series(attributes: &[KeyValue<'_>], resource: &Resource, scope: &Labels, strategy: Strategy) -> Labels {
    let mut labels = translated(attributes.iter(), strategy);
    for (name, value) in &resource.promoted {
        if !labels.iter().any(|(have, _)| have == name) {
            labels.push((name.clone(), value.clone()));
        }
    }
    for (name, value) in scope.iter().chain(&resource.identity) {
        put(&mut labels, name, value);
    }
    labels
}
