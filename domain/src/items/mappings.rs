//! 自建系统事项对应: an item of a department's own system, the unified item it stands for, and every difference.

use crate::access::Permission;
use crate::access::{Actor, Decide};
use crate::kernel::characters::name_form;
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

code_list! {
    MappingState "对应状态" { Unmatched "未匹配", Suggested "待确认", Confirmed "已对应", Rejected "无对应事项" }
}

code_list! {
    /// What can be done to a mapping.
    MappingAction "对应操作" { Confirm "确认", Reject "否认", Reopen "重新匹配" }
}

impl MappingAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Confirm | Self::Reject | Self::Reopen => Permission::ItemsWrite,
        }
    }
}

/// The life of a mapping; matching again never overrules a person.
pub const fn next(state: MappingState, action: MappingAction) -> Option<MappingState> {
    use MappingAction as A;
    use MappingState as S;
    match (state, action) {
        (S::Unmatched | S::Suggested, A::Confirm) => Some(S::Confirmed),
        (S::Unmatched | S::Suggested, A::Reject) => Some(S::Rejected),
        (S::Confirmed | S::Rejected, A::Reopen) => Some(S::Unmatched),
        (S::Unmatched | S::Suggested, A::Reopen) | (S::Confirmed | S::Rejected, A::Confirm | A::Reject) => None,
    }
}

pub fn apply(state: MappingState, action: MappingAction) -> Result<MappingState, Refusal> {
    next(state, action).ok_or_else(|| Refusal::state(state, action))
}

/// What is compared of an item, on either side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Compared {
    pub code: String,
    pub name: String,
    pub legal_basis: Option<String>,
    pub administrative_type: Option<String>,
    /// 监管行为（监管形式）
    pub supervise_form: Option<String>,
}

/// One field that differs, side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub field: String,
    pub own: Option<String>,
    pub unified: Option<String>,
}

/// Name, code, basis, type and behaviour, one by one (work plan, row 3); blanks and widths do not count.
pub fn differences(own: &Compared, unified: &Compared) -> Vec<Difference> {
    let fields = [
        ("code", Some(&own.code), Some(&unified.code)),
        ("name", Some(&own.name), Some(&unified.name)),
        ("legal_basis", own.legal_basis.as_ref(), unified.legal_basis.as_ref()),
        ("administrative_type", own.administrative_type.as_ref(), unified.administrative_type.as_ref()),
        ("supervise_form", own.supervise_form.as_ref(), unified.supervise_form.as_ref()),
    ];
    fields
        .into_iter()
        .filter(|(_, own, unified)| normal(*own) != normal(*unified))
        .map(|(field, own, unified)| Difference {
            field: field.to_owned(),
            own: own.cloned(),
            unified: unified.cloned(),
        })
        .collect()
}

fn normal(text: Option<&String>) -> String {
    let text = text.map_or("", String::as_str);
    name_form(text)
}

/// How alike two names are, per mille: the share of characters that need no edit (Levenshtein).
pub fn likeness(a: &str, b: &str) -> u32 {
    let (a, b) = (normal(Some(&a.to_owned())), normal(Some(&b.to_owned())));
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
    let score = (strsim::normalized_levenshtein(&a, &b) * 1000.0).round() as u32;
    score
}

/// Names less alike than this are not suggested, per mille.
pub const LIKELY: u32 = 600;

/// A candidate for an own item: the same code, else the likeliest name.
pub fn suggest<'a, K: Copy>(own: &Compared, candidates: impl Iterator<Item = (K, &'a Compared)>) -> Option<(K, u32)> {
    let mut best: Option<(K, u32)> = None;
    for (key, candidate) in candidates {
        let score = if candidate.code == own.code { 1_000 } else { likeness(&own.name, &candidate.name).min(999) };
        if score >= LIKELY && best.is_none_or(|(_, known)| score > known) {
            best = Some((key, score));
        }
    }
    best
}

/// A mapping, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct MappingFacts {
    pub state: MappingState,
    pub department_id: Uuid,
}

impl Decide for MappingFacts {
    type Action = MappingAction;
    type Next = MappingState;

    fn is_granted(&self, actor: &Actor, action: MappingAction) -> bool {
        actor.may(action.permission(), self.department_id, false)
    }

    fn judge(&self, _: &Actor, action: MappingAction) -> Result<MappingState, Refusal> {
        apply(self.state, action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(code: &str, name: &str) -> Compared {
        Compared { code: code.to_owned(), name: name.to_owned(), ..Compared::default() }
    }

    #[test]
    fn the_table_of_a_mappings_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            MappingState::ALL,
            MappingAction::ALL,
            |state, action| next(*state, *action).map(MappingState::code),
            |state| state.code(),
            |action| action.code()
        ));
    }

    #[test]
    fn the_code_goes_before_the_name() {
        let unified =
            [item("31001001000001", "对食品经营者的监督检查"), item("31001001000002", "对药品经营者的监督检查")];
        let find = |code: &str, name: &str| suggest(&item(code, name), unified.iter().enumerate());
        assert_eq!(find("31001001000002", "对食品经营者的监督检查"), Some((1, 1_000)));
        assert_eq!(find("X1", "食品经营者监督检查").map(|(at, _)| at), Some(0));
        assert_eq!(find("X2", "林木种苗质量抽查"), None);
    }

    #[test]
    fn each_difference_is_listed_and_blanks_are_none() {
        let own =
            Compared { legal_basis: Some("《食品安全法》 第110条".to_owned()), ..item("1", "甲　事项") };
        let unified =
            Compared { legal_basis: Some("《食品安全法》第１１０条".to_owned()), ..item("2", "甲事项") };
        let fields: Vec<_> = differences(&own, &unified).into_iter().map(|difference| difference.field).collect();
        assert_eq!(fields, ["code"]);
    }
}
