//! 公共交换字段: what an I, a U and a D do to what is known of a record, in whatever order they come.
//!
//! | operation | known | effect |
//! |---|---|---|
//! | I | no | created |
//! | I | yes | unchanged, or `INSERT_OF_KNOWN` and taken as a U |
//! | U | yes / no | new version / `UPDATE_OF_UNKNOWN`, an error until its I comes |
//! | D | yes / no | tombstone, until something newer comes / `DELETE_OF_UNKNOWN`, and a tombstone |
//! | any | older than what is known | `OUT_OF_ORDER`, kept as history |
//!
//! What is known in the end hangs on the envelopes alone, and not on the order in which they came (but for those of one time).

use crate::kernel::code_list::code_list;
use chrono::{DateTime, Utc};

code_list! {
    /// 操作 of the envelope.
    Operation "交换操作" { I "新增", U "修改", D "删除" }
}

code_list! {
    /// What a row did to what is known.
    Effect "交换结果" { Created "新建", Updated "更新", Unchanged "未变", Removed "删除", Kept "留作历史" }
}

/// What is doubtful about an envelope, by the name of its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    InsertOfKnown,
    UpdateOfUnknown,
    DeleteOfUnknown,
    OutOfOrder,
}

impl Doubt {
    pub const ALL: [Self; 4] = [Self::InsertOfKnown, Self::UpdateOfUnknown, Self::DeleteOfUnknown, Self::OutOfOrder];

    pub const fn rule(self) -> &'static str {
        match self {
            Self::InsertOfKnown => "INSERT_OF_KNOWN",
            Self::UpdateOfUnknown => "UPDATE_OF_UNKNOWN",
            Self::DeleteOfUnknown => "DELETE_OF_UNKNOWN",
            Self::OutOfOrder => "OUT_OF_ORDER",
        }
    }
}

/// An envelope that came: when its sender wrote it, what it does, and the digest of what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub at: DateTime<Utc>,
    pub operation: Operation,
    pub digest: String,
}

/// What is known of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The newest envelope.
    pub newest: Envelope,
    /// An I has come, so that a U has something to change.
    pub has_base: bool,
}

/// What an envelope does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub effect: Effect,
    pub doubt: Option<Doubt>,
    pub known: Known,
}

pub fn receive(known: Option<&Known>, envelope: &Envelope) -> Received {
    let brings_base = envelope.operation == Operation::I;
    let Some(before) = known else { return first(envelope) };
    let has_base = before.has_base || brings_base;
    if envelope.at < before.newest.at {
        let known = Known { has_base, ..before.clone() };
        return Received { effect: Effect::Kept, doubt: Some(Doubt::OutOfOrder), known };
    }

    let known = Known { newest: envelope.clone(), has_base };
    let was_there = before.newest.operation != Operation::D;
    let same = was_there && before.newest.digest == envelope.digest;
    let (effect, doubt) = match envelope.operation {
        Operation::D if was_there => (Effect::Removed, None),
        Operation::D => (Effect::Unchanged, None),
        // The base of a U that came before it says the same.
        Operation::I if same && !before.has_base => (Effect::Updated, None),
        Operation::U if same && !has_base => (Effect::Unchanged, Some(Doubt::UpdateOfUnknown)),
        Operation::I | Operation::U if same => (Effect::Unchanged, None),
        // What it changes came before it.
        Operation::I if was_there && !before.has_base => (Effect::Updated, None),
        Operation::I if was_there => (Effect::Updated, Some(Doubt::InsertOfKnown)),
        Operation::I => (Effect::Created, None),
        Operation::U if has_base => (Effect::Updated, None),
        Operation::U => (Effect::Updated, Some(Doubt::UpdateOfUnknown)),
    };
    Received { effect, doubt, known }
}

/// Nothing is known of the record yet.
fn first(envelope: &Envelope) -> Received {
    let (effect, doubt) = match envelope.operation {
        Operation::I => (Effect::Created, None),
        Operation::U => (Effect::Created, Some(Doubt::UpdateOfUnknown)),
        Operation::D => (Effect::Removed, Some(Doubt::DeleteOfUnknown)),
    };
    let known = Known { newest: envelope.clone(), has_base: envelope.operation == Operation::I };
    Received { effect, doubt, known }
}

impl Known {
    /// It is there, and no I has come that its U could have changed.
    pub fn is_unfounded(&self) -> bool {
        self.newest.operation != Operation::D && !self.has_base
    }

    pub fn is_removed(&self) -> bool {
        self.newest.operation == Operation::D
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn envelope(at: u32, operation: Operation, digest: u8) -> Envelope {
        let at = DateTime::from_timestamp(i64::from(at), 0).unwrap_or_default();
        Envelope { at, operation, digest: digest.to_string() }
    }

    /// The table of §19, line by line.
    #[test]
    fn what_each_operation_does() {
        use Operation::{D, I, U};
        let told = |known: Option<&Known>, next: &Envelope| {
            let Received { effect, doubt, .. } = receive(known, next);
            (effect, doubt.map(Doubt::rule))
        };
        let known = receive(None, &envelope(10, I, 1)).known;
        assert_eq!(told(None, &envelope(10, I, 1)), (Effect::Created, None));
        assert_eq!(told(Some(&known), &envelope(10, I, 1)), (Effect::Unchanged, None));
        assert_eq!(told(Some(&known), &envelope(11, I, 2)), (Effect::Updated, Some("INSERT_OF_KNOWN")));
        assert_eq!(told(Some(&known), &envelope(11, U, 2)), (Effect::Updated, None));
        assert_eq!(told(None, &envelope(11, U, 2)), (Effect::Created, Some("UPDATE_OF_UNKNOWN")));
        assert_eq!(told(Some(&known), &envelope(11, D, 1)), (Effect::Removed, None));
        assert_eq!(told(None, &envelope(11, D, 1)), (Effect::Removed, Some("DELETE_OF_UNKNOWN")));
        assert_eq!(told(Some(&known), &envelope(9, U, 3)), (Effect::Kept, Some("OUT_OF_ORDER")));

        // A U that came before its I stands when the I has come.
        let early = receive(None, &envelope(11, U, 2)).known;
        assert!(early.is_unfounded());
        assert_eq!(told(Some(&early), &envelope(11, U, 2)), (Effect::Unchanged, Some("UPDATE_OF_UNKNOWN")));
        assert_eq!(told(Some(&early), &envelope(12, I, 3)), (Effect::Updated, None));
        let late = receive(Some(&early), &envelope(10, I, 1));
        assert_eq!(
            (late.effect, late.known.is_unfounded(), &late.known.newest.digest),
            (Effect::Kept, false, &"2".into())
        );
        // What was removed can come again.
        let gone = receive(Some(&known), &envelope(11, D, 1)).known;
        assert!(gone.is_removed());
        assert_eq!(told(Some(&gone), &envelope(12, I, 1)), (Effect::Created, None));
        assert_eq!(told(Some(&gone), &envelope(12, D, 1)), (Effect::Unchanged, None));
    }

    fn operation(at: usize) -> Operation {
        Operation::ALL[at % Operation::ALL.len()]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// Random envelopes of a few records, repeated, reordered and late, end as whoever keeps them all and looks at the
        /// newest says; an envelope that changes nothing changes nothing. 400 × 25: ten thousand of them.
        #[test]
        fn in_any_order_they_end_as_all_of_them_say(
            rows in proptest::collection::vec((0u8..4, 0u32..12, 0usize..3, 0u8..3), 25),
        ) {
            let mut known: BTreeMap<u8, Known> = BTreeMap::new();
            let mut all: BTreeMap<u8, Vec<Envelope>> = BTreeMap::new();
            for (key, at, how, digest) in rows {
                let next = envelope(at, operation(how), digest);
                let before = known.get(&key).cloned();
                let received = receive(before.as_ref(), &next);
                if let (Some(before), Effect::Unchanged) = (&before, received.effect) {
                    prop_assert_eq!(before.is_removed(), received.known.is_removed());
                    prop_assert_eq!(before.is_unfounded(), received.known.is_unfounded());
                    prop_assert!(before.is_removed() || before.newest.digest == received.known.newest.digest);
                }
                known.insert(key, received.known);
                all.entry(key).or_default().push(next);
            }

            for (key, mut envelopes) in all {
                // Stable: of those of one time the last to come is the newest.
                envelopes.sort_by_key(|envelope| envelope.at);
                let newest = envelopes.last().cloned();
                let has_base = envelopes.iter().any(|envelope| envelope.operation == Operation::I);
                prop_assert_eq!(known.get(&key).map(|known| Some(known.newest.clone())), Some(newest));
                prop_assert_eq!(known.get(&key).map(|known| known.has_base), Some(has_base));
            }
        }
    }
}
