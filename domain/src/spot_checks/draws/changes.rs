//! What changed between the first commitment and the freeze: whoever prepares a draw also keeps the register, so that its
//! changes are counted in public.

use super::strata::Stratum;
use crate::credit::CreditClass;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Fields in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// Objects of the pool that were of another class.
    pub classes_moved: u32,
    /// Objects of the pool that were not eligible.
    pub entered: u32,
    /// Objects that were eligible and are not of the pool.
    pub left: u32,
    /// Officers of the roster who could not be sent.
    pub officers_entered: u32,
    /// Officers who could be sent and are not of the roster.
    pub officers_left: u32,
    /// Recusals of the roster's officers from the pool's objects that were declared meanwhile.
    pub recusals_declared: u32,
    /// When the first party committed: RFC 3339, UTC, milliseconds.
    #[serde(deserialize_with = "super::text::time")]
    pub since: String,
}

/// Who could be drawn, and who could be sent, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Eligible {
    pub objects: BTreeMap<Uuid, CreditClass>,
    pub officers: BTreeMap<Uuid, Uuid>,
}

impl Eligible {
    /// What has changed from this moment to a later one.
    pub fn until(&self, later: &Self, recusals_declared: usize, since: String) -> Changes {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let absent = |from: &BTreeMap<Uuid, Uuid>, of: &BTreeMap<Uuid, Uuid>| {
            count(of.iter().filter(|(officer, department)| from.get(officer) != Some(department)).count())
        };
        let moved = later.objects.iter().filter(|(id, class)| self.objects.get(id).is_some_and(|old| old != *class));

        Changes {
            classes_moved: count(moved.count()),
            entered: count(later.objects.keys().filter(|id| !self.objects.contains_key(id)).count()),
            left: count(self.objects.keys().filter(|id| !later.objects.contains_key(id)).count()),
            officers_entered: absent(&self.officers, &later.officers),
            officers_left: absent(&later.officers, &self.officers),
            recusals_declared: count(recusals_declared),
            since,
        }
    }
}

/// Strata of which the one object that there is would be drawn: nothing is left to chance.
pub fn without_chance(strata: &[Stratum]) -> impl Iterator<Item = &Stratum> {
    strata.iter().filter(|stratum| stratum.population == 1 && stratum.count == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_counted() {
        let id = Uuid::from_u128;
        let before = Eligible {
            objects: [(id(1), CreditClass::General), (id(2), CreditClass::General), (id(3), CreditClass::Key)].into(),
            officers: [(id(11), id(9)), (id(12), id(9)), (id(13), id(9))].into(),
        };

        let after = Eligible {
            objects: [(id(1), CreditClass::Key), (id(3), CreditClass::Key), (id(4), CreditClass::Key)].into(),
            officers: [(id(11), id(9)), (id(12), id(8)), (id(14), id(9))].into(),
        };

        let changes = before.until(&after, 5, "2026-11-24T01:00:00.000Z".to_owned());
        let Changes { classes_moved, entered, left, officers_entered, officers_left, recusals_declared, .. } = changes;
        assert_eq!((classes_moved, entered, left), (1, 1, 1));
        assert_eq!(
            (officers_entered, officers_left, recusals_declared),
            (2, 2, 5),
            "who moved department left and entered"
        );
        let none = after.until(&after, 0, String::new());
        assert_eq!(none, Changes::default());
    }
}
