//! 法律条款: one article of a law, in force from a day until it is repealed.

use crate::access::Permission;
use crate::access::{Actor, Decide};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;
use chrono::NaiveDate;
use uuid::Uuid;

code_list! {
    ClauseState "条款状态" { Standing "未废止", Repealed "已废止" }
}

code_list! {
    /// What can be done to a clause.
    ClauseAction "法律条款操作" { Update "更正", Repeal "废止", Reinstate "撤销废止" }
}

impl ClauseAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Update | Self::Repeal | Self::Reinstate => Permission::ClausesWrite,
        }
    }
}

/// The life of a clause, whole; a repeal recorded by mistake can be taken back.
pub const fn next(state: ClauseState, action: ClauseAction) -> Option<ClauseState> {
    use ClauseAction as A;
    use ClauseState as S;
    match (state, action) {
        (_, A::Update) => Some(state),
        (S::Standing, A::Repeal) => Some(S::Repealed),
        (S::Repealed, A::Reinstate) => Some(S::Standing),
        (S::Repealed, A::Repeal) | (S::Standing, A::Reinstate) => None,
    }
}

/// Recorded as repealed, on whatever day.
pub const fn state(repealed_on: Option<NaiveDate>) -> ClauseState {
    if repealed_on.is_some() { ClauseState::Repealed } else { ClauseState::Standing }
}

pub fn apply(state: ClauseState, action: ClauseAction) -> Result<ClauseState, Refusal> {
    next(state, action).ok_or_else(|| Refusal::state(state, action))
}

/// Whether a clause is in force on a day.
pub fn in_force(effective_on: NaiveDate, repealed_on: Option<NaiveDate>, day: NaiveDate) -> bool {
    effective_on <= day && repealed_on.is_none_or(|repealed| day < repealed)
}

/// Whether a version stands by decision: whoever upholds decides on every version approved by then.
pub fn is_upheld(upheld: Option<i32>, version: i32) -> bool {
    upheld.is_some_and(|upheld| version <= upheld)
}

/// The first day on which nothing that is cited is in force any more; none where something holds on, or nothing is
/// cited. `repealed_on` gives the known last day of each clause.
pub fn lost_on(cited: &[Uuid], repealed_on: impl Fn(Uuid) -> Option<NaiveDate>) -> Option<NaiveDate> {
    let ends: Option<Vec<_>> = cited.iter().map(|clause| repealed_on(*clause)).collect();
    ends?.into_iter().max()
}

/// A clause, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct ClauseFacts {
    pub repealed_on: Option<NaiveDate>,
}

impl Decide for ClauseFacts {
    type Action = ClauseAction;
    type Next = ClauseState;

    /// The law is nobody's department's.
    fn is_granted(&self, actor: &Actor, action: ClauseAction) -> bool {
        actor.reach(action.permission()).is_some()
    }

    fn judge(&self, _: &Actor, action: ClauseAction) -> Result<ClauseState, Refusal> {
        apply(state(self.repealed_on), action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_clauses_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            ClauseState::ALL,
            ClauseAction::ALL,
            |state, action| next(*state, *action).map(ClauseState::code),
            |state| state.code(),
            |action| action.code()
        ));
    }

    #[test]
    fn a_clause_ends_on_the_day_of_its_repeal() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let clause = |on| in_force(day("2026-01-01"), Some(day("2026-07-01")), day(on));
        assert_eq!(
            [clause("2025-12-31"), clause("2026-01-01"), clause("2026-06-30"), clause("2026-07-01")],
            [false, true, true, false]
        );
        assert!(in_force(day("2026-01-01"), None, day("2099-01-01")));
    }

    #[test]
    fn the_basis_is_lost_when_the_last_clause_ends() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let [a, b, c] = [1, 2, 3].map(Uuid::from_u128);
        let ends = |clause| {
            if clause == a {
                day("2026-01-01")
            } else if clause == b {
                day("2026-07-01")
            } else {
                None
            }
        };
        assert_eq!(lost_on(&[a, b], ends), day("2026-07-01"));
        assert_eq!((lost_on(&[a, c], ends), lost_on(&[], ends)), (None, None));

        assert_eq!([is_upheld(None, 1), is_upheld(Some(2), 1), is_upheld(Some(2), 3)], [false, true, false]);
    }
}
