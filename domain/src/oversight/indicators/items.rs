//! Rows 1 to 3: claiming, implementation lists, and agreement with the departments' own systems.

use super::Sets;
use crate::items::implementation_lists::ListState;
use crate::items::items::{INSPECTION, ItemOrigin, ItemState};
use crate::items::mappings::{Difference, MappingState};
use crate::kernel::text::text;
use uuid::Uuid;

/// What rows 1 and 2 look at.
#[derive(Clone, Debug)]
pub struct ItemFacts {
    pub id: Uuid,
    pub origin: ItemOrigin,
    pub state: ItemState,
    pub administrative_type: String,
    /// A version is in force today.
    pub in_force: bool,
    /// The state of its implementation list, where it has one, and whether that is in force today.
    pub list: Option<(ListState, bool)>,
}

/// Row 1: claimed (effective) ÷ should claim − written off. Local items are nobody's to claim.
pub fn claim_rate<'a>(items: impl IntoIterator<Item = &'a ItemFacts>) -> Sets {
    let mut sets = Sets::default();
    for item in items {
        if item.origin == ItemOrigin::Local || item.state.is_over() {
            continue;
        }
        let verdict = if item.in_force {
            Ok(())
        } else if item.state.is_claimed() {
            Err(text!("已批准，尚未到生效日期", "approved, not yet in force"))
        } else {
            Err(text!("{s}", "{c}", s = item.state.label(), c = item.state.code()))
        };
        sets.count(item.id, verdict);
    }

    sets
}

/// Row 2: approved complete lists ÷ effective items of type 行政检查.
pub fn list_completion<'a>(items: impl IntoIterator<Item = &'a ItemFacts>) -> Sets {
    let mut sets = Sets::default();
    for item in items.into_iter().filter(|item| item.in_force && item.administrative_type == INSPECTION) {
        let verdict = match item.list {
            Some((_, true)) => Ok(()),
            Some((state, false)) => Err(text!("检查实施清单{s}", "list {c}", s = state.label(), c = state.code())),
            None => Err(text!("检查实施清单待编制", "no list yet")),
        };
        sets.count(item.id, verdict);
    }
    sets
}

/// What row 3 looks at.
#[derive(Clone, Debug)]
pub struct MappingFacts {
    pub id: Uuid,
    pub state: MappingState,
    pub differences: Vec<Difference>,
}

/// Row 3, how far the comparison has come: own items confirmed or rejected ÷ own items.
pub fn mapping_completion<'a>(mappings: impl IntoIterator<Item = &'a MappingFacts>) -> Sets {
    let mut sets = Sets::default();
    for mapping in mappings {
        let verdict = match mapping.state {
            MappingState::Confirmed | MappingState::Rejected => Ok(()),
            MappingState::Unmatched => Err(text!("尚未比对", "not compared yet")),
            MappingState::Suggested => Err(text!("建议的对应待确认", "a suggestion waits to be confirmed")),
        };
        sets.count(mapping.id, verdict);
    }

    sets
}

/// Row 3: own items that equal the unified item ÷ own items compared.
/// An item that has no unified counterpart was compared and does not agree.
pub fn catalogue_accuracy<'a>(mappings: impl IntoIterator<Item = &'a MappingFacts>) -> Sets {
    let mut sets = Sets::default();
    for mapping in mappings {
        match mapping.state {
            MappingState::Unmatched | MappingState::Suggested => {}
            MappingState::Rejected => {
                sets.count(mapping.id, Err(text!("无对应的统一事项", "no unified item")));
            }
            MappingState::Confirmed => {
                let fields: Vec<_> = mapping.differences.iter().map(|difference| difference.field.as_str()).collect();
                let verdict = if fields.is_empty() {
                    Ok(())
                } else {
                    Err(text!("不一致：{f}", "differs in {f}", f = fields.join(", ")))
                };
                sets.count(mapping.id, verdict);
            }
        }
    }

    sets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oversight::indicators::Ratio;
    use proptest::prelude::*;

    fn facts(at: u128, state: ItemState) -> ItemFacts {
        ItemFacts {
            id: Uuid::from_u128(at),
            origin: ItemOrigin::Upstream,
            state,
            administrative_type: INSPECTION.to_owned(),
            in_force: state.is_claimed(),
            list: None,
        }
    }

    #[test]
    fn written_off_items_leave_the_denominator() {
        let items = [
            facts(1, ItemState::Effective),
            facts(2, ItemState::ToClaim),
            facts(3, ItemState::WrittenOff),
            facts(4, ItemState::WriteOffPending),
        ];
        let sets = claim_rate(&items);
        assert_eq!(sets.ratio(), crate::oversight::indicators::Ratio { numerator: 1, denominator: 3 });
        assert_eq!(sets.ratio().basis_points(), Some(3_333));
        assert!(sets.missing.contains_key(&Uuid::from_u128(4)));
    }

    #[test]
    fn completion_and_accuracy_stand_beside_each_other() {
        let own = |at: u128, state| MappingFacts { id: Uuid::from_u128(at), state, differences: Vec::new() };
        let mappings = [
            own(1, MappingState::Confirmed),
            own(2, MappingState::Rejected),
            own(3, MappingState::Suggested),
            own(4, MappingState::Unmatched),
        ];
        let completion = mapping_completion(&mappings);
        assert_eq!(completion.ratio(), Ratio { numerator: 2, denominator: 4 });
        assert_eq!(completion.missing.keys().copied().collect::<Vec<_>>(), [3, 4].map(Uuid::from_u128));
        assert_eq!(catalogue_accuracy(&mappings).ratio(), Ratio { numerator: 1, denominator: 2 });
    }

    #[test]
    fn only_effective_inspection_items_need_a_list() {
        let mut with = facts(1, ItemState::Effective);
        with.list = Some((ListState::Effective, true));
        let mut draft = facts(2, ItemState::Effective);
        draft.list = Some((ListState::Draft, false));
        let mut other = facts(3, ItemState::Effective);
        other.administrative_type = "1".to_owned();
        let sets = list_completion(&[with, draft, other, facts(4, ItemState::ToClaim)]);
        assert_eq!(sets.ratio(), Ratio { numerator: 1, denominator: 2 });
    }

    proptest! {
        #[test]
        fn the_numerator_lies_within_the_denominator_and_the_rest_is_explained(
            states in prop::collection::vec(0..ItemState::ALL.len(), 0..50)
        ) {
            let items: Vec<_> =
                states.iter().enumerate().map(|(at, state)| facts(at as u128, ItemState::ALL[*state])).collect();
            for sets in [claim_rate(&items), list_completion(&items)] {
                let explained: std::collections::BTreeSet<_> = sets.missing.keys().copied().collect();
                let rest = sets.parts().iter().filter(|(_, part)| part.numerator < part.denominator);
                let rest: std::collections::BTreeSet<_> = rest.map(|(id, _)| *id).collect();
                prop_assert_eq!(explained, rest);
            }
        }
    }
}
