//! Whether an item may be planned, drawn or inspected on a day: 未生效、未公布的事项不得抽查.

use crate::kernel::code_list::code_list;
use crate::kernel::text::{Text, text};

code_list! {
    Unusable "不可用的原因" {
        NotLinked "未对应监管事项", NotPublished "未公布", ItemNotInForce "监管事项当日未生效",
        ListNotInForce "检查实施清单当日未生效", BasisLost "依据已废止，待处理"
    }
}

/// What is known of a spot-check item on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five independent facts, and nothing else")]
pub struct Facts {
    pub linked: bool,
    pub published: bool,
    /// A version of the item, or of its named successor, is in force that day.
    pub item_in_force: bool,
    /// A version of its implementation list is in force that day.
    pub list_in_force: bool,
    pub basis_lost: bool,
}

/// The first thing that stands in the way, in the order in which it would be mended.
pub const fn usability(facts: Facts) -> Option<Unusable> {
    match facts {
        Facts { linked: false, .. } => Some(Unusable::NotLinked),
        Facts { item_in_force: false, .. } => Some(Unusable::ItemNotInForce),
        Facts { basis_lost: true, .. } => Some(Unusable::BasisLost),
        Facts { list_in_force: false, .. } => Some(Unusable::ListNotInForce),
        Facts { published: false, .. } => Some(Unusable::NotPublished),
        Facts { linked: true, published: true, item_in_force: true, list_in_force: true, basis_lost: false } => None,
    }
}

impl Unusable {
    /// What to do about it.
    pub fn remedy(self) -> Text {
        match self {
            Self::NotLinked => text!(
                "该抽查事项未对应已生效的监管事项，请先关联监管事项及其检查实施清单。",
                "The spot-check item is not linked to a supervision item; link it first."
            ),
            Self::NotPublished => {
                text!("该抽查事项尚未公布，请先公布。", "The spot-check item is not published; publish it first.")
            }
            Self::ItemNotInForce => text!(
                "对应的监管事项在该日未生效（未批准、已取消或尚未到生效日期）。",
                "The supervision item is not in force on that day: not approved, cancelled, or not yet in force."
            ),
            Self::ListNotInForce => text!(
                "对应的检查实施清单在该日未生效，请先完善并经审核。",
                "The implementation list is not in force on that day; complete it and have it approved."
            ),
            Self::BasisLost => text!(
                "所依据的法律条款已废止，须先作出处理决定。",
                "The clauses it stands on are repealed; somebody must decide first."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_whole_is_usable() {
        let whole =
            Facts { linked: true, published: true, item_in_force: true, list_in_force: true, basis_lost: false };
        assert_eq!(usability(whole), None);
        for bits in 0..31u8 {
            let facts = Facts {
                linked: bits & 1 != 0,
                published: bits & 2 != 0,
                item_in_force: bits & 4 != 0,
                list_in_force: bits & 8 != 0,
                basis_lost: bits & 16 == 0,
            };
            assert_eq!(usability(facts).is_none(), facts == whole, "{facts:?}");
        }
    }
}
