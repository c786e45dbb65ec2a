//! The file's shape, as Prometheus 3 defines it. Every key it knows is known here; what is not used is named, so that it can be
//! told.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_saphyr::{Location, Spanned};

use crate::scrape::secret::Secret;

/// A text with its place.
pub type Word = Spanned<String>;
/// A value that is not used, with its place.
pub type Unused = Option<Spanned<IgnoredAny>>;

/// Declares a struct whose `unused` keys are accepted and can be listed.
macro_rules! shape {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty,)* } unused { $($idle:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        #[allow(clippy::struct_field_names, reason = "the names of Prometheus' file")]
        pub struct $name { $(pub $field: $kind,)* $($idle: Unused,)* }
        impl $name {
            /// The keys given that are not used, with the places of their values.
            #[allow(dead_code, reason = "shapes without such keys have nobody who asks")]
            #[allow(unused_mut, clippy::vec_init_then_push)]
            pub fn unused(&self) -> Vec<(&'static str, Location)> {
                let mut found: Vec<(&'static str, Location)> = Vec::new();
                $(found.extend(self.$idle.as_ref().map(|value| (stringify!($idle), value.referenced)));)*
                found
            }
        }
    };
}

shape! {
    /// The whole file.
    File {
        global: Global,
        rule_files: Option<Vec<Word>>,
        scrape_config_files: Option<Vec<Word>>,
        scrape_configs: Option<Vec<Spanned<Job>>>,
    } unused { runtime, alerting, storage, tracing, remote_write, remote_read, otlp, }
}

shape! {
    /// A file of `scrape_config_files`.
    JobFile { scrape_configs: Option<Vec<Spanned<Job>>>, } unused {}
}

shape! {
    /// `global`.
    Global {
        scrape_interval: Option<Word>,
        scrape_timeout: Option<Word>,
        scrape_protocols: Option<Vec<Word>>,
        evaluation_interval: Option<Word>,
        rule_query_offset: Option<Word>,
        external_labels: Option<BTreeMap<String, String>>,
        body_size_limit: Option<Word>,
        sample_limit: Option<u64>,
        label_limit: Option<u64>,
        label_name_length_limit: Option<u64>,
        label_value_length_limit: Option<u64>,
        target_limit: Option<u64>,
        keep_dropped_targets: Option<u64>,
        metric_name_validation_scheme: Option<Word>,
        scrape_native_histograms: Option<bool>,
        always_scrape_classic_histograms: Option<bool>,
        extra_scrape_metrics: Option<bool>,
    } unused { query_log_file, scrape_failure_log_file, metric_name_escaping_scheme, convert_classic_histograms_to_nhcb, }
}

shape! {
    /// One of `scrape_configs`.
    Job {
        job_name: Option<Word>,
        scrape_interval: Option<Word>,
        scrape_timeout: Option<Word>,
        scrape_protocols: Option<Vec<Word>>,
        fallback_scrape_protocol: Option<Word>,
        metrics_path: Option<String>,
        scheme: Option<Word>,
        params: Option<BTreeMap<String, Vec<String>>>,
        honor_labels: Option<bool>,
        honor_timestamps: Option<bool>,
        track_timestamps_staleness: Option<bool>,
        enable_compression: Option<bool>,
        body_size_limit: Option<Word>,
        sample_limit: Option<u64>,
        label_limit: Option<u64>,
        label_name_length_limit: Option<u64>,
        label_value_length_limit: Option<u64>,
        target_limit: Option<u64>,
        keep_dropped_targets: Option<u64>,
        metric_name_validation_scheme: Option<Word>,
        scrape_native_histograms: Option<bool>,
        always_scrape_classic_histograms: Option<bool>,
        scrape_classic_histograms: Option<bool>,
        extra_scrape_metrics: Option<bool>,
        relabel_configs: Option<Vec<Spanned<Relabel>>>,
        metric_relabel_configs: Option<Vec<Spanned<Relabel>>>,
        static_configs: Option<Vec<StaticGroup>>,
        file_sd_configs: Option<Vec<Spanned<FileSd>>>,
        dns_sd_configs: Option<Vec<Spanned<DnsSd>>>,
        http_sd_configs: Option<Vec<Spanned<HttpSd>>>,
        basic_auth: Option<Spanned<BasicAuth>>,
        authorization: Option<Spanned<Authorization>>,
        bearer_token: Option<Secret>,
        bearer_token_file: Option<String>,
        tls_config: Option<Spanned<Tls>>,
        follow_redirects: Option<bool>,
        http_headers: Option<BTreeMap<String, Header>>,
    } unused {
        enable_http2, oauth2, proxy_url, no_proxy, proxy_from_environment, proxy_connect_header, native_histogram_bucket_limit,
        native_histogram_min_bucket_factor, convert_classic_histograms_to_nhcb, metric_name_escaping_scheme, azure_sd_configs,
        consul_sd_configs, digitalocean_sd_configs, docker_sd_configs, dockerswarm_sd_configs, ec2_sd_configs, eureka_sd_configs,
        gce_sd_configs, hetzner_sd_configs, ionos_sd_configs, kubernetes_sd_configs, kuma_sd_configs, lightsail_sd_configs,
        linode_sd_configs, marathon_sd_configs, nerve_sd_configs, nomad_sd_configs, openstack_sd_configs, ovhcloud_sd_configs,
        puppetdb_sd_configs, scaleway_sd_configs, serverset_sd_configs, stackit_sd_configs, triton_sd_configs, uyuni_sd_configs,
        vultr_sd_configs, aws_sd_configs,
    }
}

shape! {
    /// One of `relabel_configs`.
    Relabel {
        source_labels: Option<Vec<String>>,
        separator: Option<String>,
        regex: Option<Word>,
        modulus: Option<u64>,
        target_label: Option<Word>,
        replacement: Option<Word>,
        action: Option<Word>,
    } unused {}
}

shape! {
    /// One of `static_configs`, and of the lists that discovery reads.
    StaticGroup {
        targets: Option<Vec<String>>,
        labels: Option<BTreeMap<String, String>>,
    } unused { source, }
}

shape! {
    /// One of `file_sd_configs`.
    FileSd { files: Option<Vec<Word>>, } unused { refresh_interval, }
}

shape! {
    /// One of `dns_sd_configs`.
    DnsSd {
        names: Option<Vec<String>>,
        refresh_interval: Option<Word>,
        r#type: Option<Word>,
        port: Option<u16>,
    } unused {}
}

shape! {
    /// One of `http_sd_configs`.
    HttpSd {
        url: Option<Word>,
        refresh_interval: Option<Word>,
        basic_auth: Option<Spanned<BasicAuth>>,
        authorization: Option<Spanned<Authorization>>,
        bearer_token: Option<Secret>,
        bearer_token_file: Option<String>,
        tls_config: Option<Spanned<Tls>>,
        follow_redirects: Option<bool>,
        http_headers: Option<BTreeMap<String, Header>>,
    } unused { enable_http2, oauth2, proxy_url, no_proxy, proxy_from_environment, proxy_connect_header, }
}

shape! {
    /// `basic_auth`.
    BasicAuth {
        username: Option<String>,
        username_file: Option<String>,
        password: Option<Secret>,
        password_file: Option<String>,
    } unused { username_ref, password_ref, }
}

shape! {
    /// `authorization`.
    Authorization {
        r#type: Option<String>,
        credentials: Option<Secret>,
        credentials_file: Option<String>,
    } unused { credentials_ref, }
}

shape! {
    /// `tls_config`.
    Tls {
        ca: Option<String>,
        ca_file: Option<String>,
        cert: Option<String>,
        cert_file: Option<String>,
        key: Option<Secret>,
        key_file: Option<String>,
        server_name: Option<String>,
        insecure_skip_verify: Option<bool>,
        min_version: Option<Word>,
        max_version: Option<Word>,
    } unused { ca_ref, cert_ref, key_ref, }
}

shape! {
    /// A header of `http_headers`.
    Header {
        values: Vec<String>,
        secrets: Vec<Secret>,
        files: Vec<String>,
    } unused {}
}

shape! {
    /// A file that says where another engine for metrics is.
    Remote {
        engine: Option<Word>,
        query_url: Option<Word>,
        write_url: Option<Word>,
        tenant: Option<Spanned<TenantHeader>>,
        query_timeout: Option<Word>,
        write_timeout: Option<Word>,
        answer_size_limit: Option<Word>,
        queue_size_limit: Option<Word>,
        basic_auth: Option<Spanned<BasicAuth>>,
        authorization: Option<Spanned<Authorization>>,
        bearer_token: Option<Secret>,
        bearer_token_file: Option<String>,
        tls_config: Option<Spanned<Tls>>,
        follow_redirects: Option<bool>,
        http_headers: Option<BTreeMap<String, Header>>,
    } unused {}
}

shape! {
    /// Whose samples they are, for an engine that many share.
    TenantHeader { header: String, value: String, } unused {}
}

/// The keys of a job that say how to ask over HTTP; discovery over HTTP has the same.
#[derive(Debug)]
pub struct Http<'a> {
    /// See there.
    pub basic_auth: Option<&'a Spanned<BasicAuth>>,
    /// See there.
    pub authorization: Option<&'a Spanned<Authorization>>,
    /// The old way of writing `authorization`.
    pub bearer_token: Option<&'a Secret>,
    /// The same from a file.
    pub bearer_token_file: Option<&'a String>,
    /// See there.
    pub tls: Option<&'a Spanned<Tls>>,
    /// Whether to follow redirects.
    pub follow_redirects: Option<bool>,
    /// More headers.
    pub headers: Option<&'a BTreeMap<String, Header>>,
}

macro_rules! http_of {
    ($($name:ident)*) => { $(impl $name {
        /// How to ask.
        pub fn http(&self) -> Http<'_> {
            Http {
                basic_auth: self.basic_auth.as_ref(),
                authorization: self.authorization.as_ref(),
                bearer_token: self.bearer_token.as_ref(),
                bearer_token_file: self.bearer_token_file.as_ref(),
                tls: self.tls_config.as_ref(),
                follow_redirects: self.follow_redirects,
                headers: self.http_headers.as_ref(),
            }
        }
    })* };
}
http_of! { Job HttpSd Remote }
