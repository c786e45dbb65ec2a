//! The labels that a sample of a page is kept under.

use evenkeel_tsdb::batch::Sample;

use super::Into;
use crate::scrape::{
    ask::Down,
    config::Take,
    labels::{LabelSet, NAME, is_legacy_metric, is_legacy_name},
    relabel,
};

/// The labels a sample is kept under; `None` when a rule drops it.
pub(super) fn labels(into: Into<'_>, sample: &Sample<'_>) -> Result<Option<LabelSet>, Down> {
    let mut labels = LabelSet::new(sample.labels());
    join(&mut labels, into.target, into.take.honor_labels);
    if !relabel::apply(&into.take.relabel, &mut labels) {
        return Ok(None);
    }
    check(&labels, into.take)?;
    Ok(Some(labels))
}

/// Adds the target's labels. Where both have one, the page's counts with `honor`, otherwise it becomes `exported_…`.
fn join(labels: &mut LabelSet, target: &LabelSet, honor: bool) {
    let mut clashed = Vec::new();
    for (name, value) in target.iter() {
        let own = labels.get(name);
        if own.is_empty() {
            labels.set(name, value);
        } else if !honor {
            clashed.push((name, own.to_owned()));
            labels.set(name, value);
        }
    }
    // Shorter names first, so that exported_x meets what was there and not what was made here.
    clashed.sort_by_key(|(name, _)| name.len());
    for (name, own) in clashed {
        let mut name = format!("exported_{name}");
        while !labels.get(&name).is_empty() {
            name.insert_str(0, "exported_");
        }
        labels.set(name, own);
    }
}

fn check(labels: &LabelSet, take: &Take) -> Result<(), Down> {
    let metric = labels.get(NAME);
    if metric.is_empty() {
        return Err(Down::new("labels", format!("metric_relabel_configs leave a sample without a name: {labels}")));
    }
    if !take.utf8_names && (!is_legacy_metric(metric) || labels.iter().any(|(name, _)| !is_legacy_name(name))) {
        return Err(Down::new("labels", format!("names must be of letters, digits and _ (metric_name_validation_scheme): {labels}")));
    }
    if take.label_limit > 0 && labels.len() > take.label_limit {
        return Err(Down::new(
            "label_limit",
            format!("{metric} has {} labels, more than label_limit ({})", labels.len(), take.label_limit),
        ));
    }
    for (name, value) in labels.iter() {
        if take.label_name_limit > 0 && name.len() > take.label_name_limit {
            return Err(Down::new(
                "label_limit",
                format!("{metric}: the name {name} is longer than label_name_length_limit ({})", take.label_name_limit),
            ));
        }
        if take.label_value_limit > 0 && value.len() > take.label_value_limit {
            return Err(Down::new(
                "label_limit",
                format!("{metric}: the value of {name} is longer than label_value_length_limit ({})", take.label_value_limit),
            ));
        }
    }
    Ok(())
}
