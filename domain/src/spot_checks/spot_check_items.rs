//! 随机抽查事项: the list of what may be spot-checked, and what its free text says in numbers.

use crate::access::Permission;
use crate::access::{Actor, Decide};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;
use uuid::Uuid;

pub use super::wording::{Ratio, is_fraction, parse_max_per_year, parse_ratio};

code_list! {
    SpotCheckItemStatus "抽查事项状态" { Draft "未公布", Published "已公布", Retired "失效" }
}

code_list! {
    /// What can be done to a spot-check item.
    SpotCheckItemAction "抽查事项操作" { Update "修改", Publish "公布", Retire "失效" }
}

impl SpotCheckItemAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Update | Self::Publish | Self::Retire => Permission::SpotCheckItemsWrite,
        }
    }
}

/// The life of a spot-check item, whole.
pub const fn next(status: SpotCheckItemStatus, action: SpotCheckItemAction) -> Option<SpotCheckItemStatus> {
    use SpotCheckItemAction as A;
    use SpotCheckItemStatus as S;
    match (status, action) {
        (S::Draft | S::Published, A::Update) => Some(status),
        (S::Draft | S::Retired, A::Publish) => Some(S::Published),
        (S::Draft | S::Published, A::Retire) => Some(S::Retired),
        (S::Published, A::Publish) | (S::Retired, A::Update | A::Retire) => None,
    }
}

pub fn apply(status: SpotCheckItemStatus, action: SpotCheckItemAction) -> Result<SpotCheckItemStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

/// A share between two bounds as lists publish it: `3%`, `3%—10%`.
pub fn ratio_text(floor_bp: u32, ceiling_bp: u32) -> String {
    use super::plans::percent;
    if floor_bp == ceiling_bp {
        return format!("{}%", percent(floor_bp));
    }
    format!("{}%—{}%", percent(floor_bp), percent(ceiling_bp))
}

/// The national codes (spot_check_way) that a free text such as `现场检查或书面检查` names.
pub fn parse_modes(text: &str) -> Vec<String> {
    const WORDS: [(&str, &[&str]); 6] = [
        ("1", &["现场", "实地"]),
        ("2", &["书式", "书面", "文件", "档案"]),
        ("3", &["检验", "检测", "抽样", "样品"]),
        ("4", &["依据行政"]),
        ("5", &["审计", "验资", "评估"]),
        ("6", &["网络"]),
    ];
    WORDS
        .iter()
        .filter(|(_, words)| words.iter().any(|word| text.contains(word)))
        .map(|(code, _)| (*code).to_owned())
        .collect()
}

/// 检查人员要求: an item needs a qualification unless its text says 无需.
pub fn needs_qualification(text: &str) -> bool {
    text.contains('需') && !text.contains("无需")
}

/// A spot-check item, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct SpotCheckItemFacts {
    pub status: SpotCheckItemStatus,
    /// Imported ones are no department's until they are linked.
    pub department_id: Option<Uuid>,
}

impl Decide for SpotCheckItemFacts {
    type Action = SpotCheckItemAction;
    type Next = SpotCheckItemStatus;

    fn is_granted(&self, actor: &Actor, action: SpotCheckItemAction) -> bool {
        actor.may(action.permission(), self.department_id.unwrap_or_default(), false)
    }

    fn judge(&self, _: &Actor, action: SpotCheckItemAction) -> Result<SpotCheckItemStatus, Refusal> {
        apply(self.status, action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_spot_check_items_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            SpotCheckItemStatus::ALL,
            SpotCheckItemAction::ALL,
            |status, action| next(*status, *action).map(SpotCheckItemStatus::code),
            |status| status.code(),
            |action| action.code()
        ));
    }

    #[test]
    fn modes_as_published() {
        assert_eq!(parse_modes("现场检查与网络系统、档案书式检查相结合"), ["1", "2", "6"]);
        assert_eq!(parse_modes("根据不同的产品分别抽取样品"), ["3"]);
        assert!(needs_qualification("需专业岗位资格") && !needs_qualification("无需专业岗位资格"));
    }
}
