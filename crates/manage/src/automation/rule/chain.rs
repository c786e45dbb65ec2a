//! What led to an event: its root, which no rule made, and the rules since, the first first. What a rule does names them as
//! its evidence. Pure.
//!
//! For one root a rule acts once, and a chain ends after [`LENGTH_MAX`] rules: so rules that feed each other end, whatever
//! they say, and however many feed the same ones. Time that passes does not break a chain that a rule began: what a rule set
//! going carries it on.

/// The most rules of one chain.
pub const LENGTH_MAX: usize = 5;
/// What evidence of a rule begins with.
const PREFIX: &str = "rule:";
/// What parts the rules; no name has it.
const BETWEEN: char = '>';

/// What led here, without the rule that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    root: String,
    rules: Vec<String>,
}

/// Whether a rule may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It may.
    Acts,
    /// It looks at what it did itself: it need not say anything.
    Own,
    /// It would go round in a circle or on for too long.
    Cut,
}

impl Chain {
    /// The chain that an event's evidence names; when people or other parts of Evenkeel did it, one that begins with `root`.
    pub fn of(evidence: Option<&str>, root: impl FnOnce() -> String) -> Self {
        match evidence.and_then(|evidence| evidence.strip_prefix(PREFIX)?.split_once(':')) {
            Some((root, rules)) => Self { root: root.to_owned(), rules: rules.split(BETWEEN).map(ToOwned::to_owned).collect() },
            None => Self { root: root(), rules: Vec::new() },
        }
    }

    /// For what a rule acts once.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// What the events say that this rule makes now.
    pub fn evidence(&self, rule: &str) -> String {
        let mut all = self.rules.clone();
        all.push(rule.to_owned());
        format!("{PREFIX}{}:{}", self.root, all.join(&BETWEEN.to_string()))
    }

    /// Its rules.
    pub fn rules(&self) -> &[String] {
        &self.rules
    }

    /// Whether this rule may act now.
    pub fn turn(&self, rule: &str) -> Turn {
        match self.rules.last() {
            Some(last) if last == rule => Turn::Own,
            _ if self.rules.len() >= LENGTH_MAX || self.rules.iter().any(|known| known == rule) => Turn::Cut,
            _ => Turn::Acts,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chain(evidence: Option<&str>) -> Chain {
        Chain::of(evidence, || "7".to_owned())
    }

    #[test]
    fn a_chain_is_what_its_evidence_says() {
        let first = chain(Some("incident:1"));
        assert_eq!((first.rules().len(), first.turn("a")), (0, Turn::Acts));
        let second = chain(Some(&first.evidence("a")));
        assert_eq!((second.turn("a"), second.turn("b")), (Turn::Own, Turn::Acts));
        let third = chain(Some(&second.evidence("b")));
        assert_eq!((third.turn("a"), third.turn("b"), third.turn("c")), (Turn::Cut, Turn::Own, Turn::Acts));
        assert_eq!((third.root(), third.evidence("c").as_str()), ("7", "rule:7:a>b>c"));
    }

    proptest! {
        /// However rules feed each other, and whichever goes first, they end.
        #[test]
        fn rules_that_feed_each_other_end(picks in proptest::collection::vec(0usize..20, 1..200)) {
            let mut chain = chain(None);
            let mut acted = Vec::new();
            for pick in picks {
                let rule = format!("r{pick}");
                if chain.turn(&rule) == Turn::Acts {
                    prop_assert!(!acted.contains(&rule));
                    chain = Chain::of(Some(&chain.evidence(&rule)), String::new);
                    acted.push(rule);
                }
            }
            prop_assert!(acted.len() <= LENGTH_MAX);
        }
    }
}
