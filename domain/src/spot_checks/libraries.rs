//! 名录库: objects and officers that draws are made from, as saved filters. Each change of what is in one is an edition, and a
//! draw names the editions that it was made from (rules of the trade §18).

use crate::access::{Actor, Decide, Permission};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::{listed, text};
use crate::spot_checks::draws::{Digest, sha256};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

code_list! {
    LibraryKind "名录库类别" { Objects "检查对象名录库", Officers "执法检查人员名录库" }
}

code_list! {
    LibraryStatus "名录库状态" { Active "使用中", Retired "已停用" }
}

code_list! {
    /// What can be done to a library.
    LibraryAction "名录库操作" { Update "修改", Refresh "更新", Retire "停用", Restore "恢复使用" }
}

code_list! {
    /// Why an edition differs from the one before.
    EditionCause "名录变化原因" { Made "建立", Filter "修改筛选条件", Register "登记信息变化" }
}

code_list! {
    /// Why a library is no good for a draw.
    LibraryProblem "名录库问题" { Empty "没有成员", TooLarge "超过上限", ItemNotInForce "所列抽查事项已失效" }
}

/// The life of a library, whole.
pub const fn next(status: LibraryStatus, action: LibraryAction) -> Option<LibraryStatus> {
    use LibraryAction as A;
    use LibraryStatus as S;

    match (status, action) {
        (S::Active, A::Update | A::Refresh) | (S::Retired, A::Restore) => Some(S::Active),
        (S::Active, A::Retire) => Some(S::Retired),
        (S::Active, A::Restore) | (S::Retired, A::Update | A::Refresh | A::Retire) => None,
    }
}

pub fn apply(status: LibraryStatus, action: LibraryAction) -> Result<LibraryStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

/// A library, as far as deciding about it needs.
#[derive(Clone, Debug)]
pub struct LibraryFacts {
    pub status: LibraryStatus,
    pub department_id: Uuid,
    /// Codes of tasks that name it and whose pool is not frozen yet.
    pub waiting: Vec<String>,
    /// Those of them to which a party has committed: what they are drawn from stands.
    pub committed: Vec<String>,
}

impl Decide for LibraryFacts {
    type Action = LibraryAction;
    type Next = LibraryStatus;

    fn is_granted(&self, actor: &Actor, _: LibraryAction) -> bool {
        actor.may(Permission::LibrariesWrite, self.department_id, false)
    }

    fn judge(&self, _: &Actor, action: LibraryAction) -> Result<LibraryStatus, Refusal> {
        let next = apply(self.status, action)?;
        match action {
            LibraryAction::Retire => check_not_waited_for(&self.waiting)?,
            LibraryAction::Update => check_not_waited_for(&self.committed)?,
            LibraryAction::Refresh | LibraryAction::Restore => {}
        }
        Ok(next)
    }
}

/// A library stays as long as a task is to be drawn from it, and stays as it is from the first commitment on.
fn check_not_waited_for(tasks: &[String]) -> Result<(), Refusal> {
    if tasks.is_empty() {
        return Ok(());
    }
    let tasks = listed(tasks.iter().take(10));
    Err(Refusal::new(
        Code::StillReferenced,
        text!(
            "尚未冻结的任务 {zh} 要从该名录库抽取；请先修改或取消这些任务（已封存的，冻结后再修改名录库）。",
            "Tasks whose pool is not frozen yet name this library: {en}. Change or cancel them first; where a party has committed, wait for the freeze.",
            zh = tasks.zh,
            en = tasks.en
        ),
    ))
}

/// 标签规则: which objects bear a tag beside those that the register gives it to. All that is named has to hold; of a list, one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TagRule {
    /// 标签: one of those in the filter.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 64))]
    pub tag: String,
    /// 行业代码前缀 (GB/T 4754)
    #[cfg_attr(feature = "openapi", schema(max_items = 50, pattern = "^[A-T][0-9]{0,4}$"))]
    #[serde(default)]
    pub industry_prefixes: Vec<String>,
    /// 许可: as the register's tags name it
    #[cfg_attr(feature = "openapi", schema(max_items = 50, min_length = 1, max_length = 64))]
    #[serde(default)]
    pub licences: Vec<String>,
    /// 经营范围用语
    #[cfg_attr(feature = "openapi", schema(max_items = 20, min_length = 2, max_length = 50))]
    #[serde(default)]
    pub scope_words: Vec<String>,
}

impl TagRule {
    /// A rule without a condition would give its tag to everybody.
    pub const fn is_blank(&self) -> bool {
        self.industry_prefixes.is_empty() && self.licences.is_empty() && self.scope_words.is_empty()
    }
}

/// 执法检查人员筛选: active officers of the library's department whose certificate holds, and who have all qualifications that are
/// asked for here or by the lists of these items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct OfficerFilter {
    /// 抽查事项
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub spot_check_item_ids: Vec<Uuid>,
    /// 专业资格
    #[cfg_attr(feature = "openapi", schema(max_items = 20, min_length = 1, max_length = 100))]
    pub qualifications: Vec<String>,
}

/// The members of an edition as text: a line that names it, a line with its filter as JSON, and each member's id on a line,
/// ascending.
pub fn members_text(code: &str, edition: i32, filter: &str, members: &[Uuid]) -> String {
    let mut text = format!("mingjian-library/1 {code} {edition}\n{filter}\n");
    for member in members {
        text.push_str(member.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
        text.push('\n');
    }
    text
}

/// SHA-256 of [`members_text`].
pub fn digest(code: &str, edition: i32, filter: &str, members: &[Uuid]) -> Digest {
    sha256(&[members_text(code, edition, filter, members).as_bytes()])
}

/// What two editions differ by; both ascending and without repetition.
pub fn difference(before: &[Uuid], after: &[Uuid]) -> (Vec<Uuid>, Vec<Uuid>) {
    let not_in = |these: &[Uuid], those: &[Uuid]| {
        these.iter().filter(|id| those.binary_search(id).is_err()).copied().collect::<Vec<_>>()
    };
    (not_in(after, before), not_in(before, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_of_a_librarys_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            LibraryStatus::ALL,
            LibraryAction::ALL,
            |status, action| next(*status, *action).map(LibraryStatus::code),
            |status| status.code(),
            |action| action.code()
        ));
    }

    #[test]
    fn one_that_a_task_waits_for_stays() {
        assert_eq!(check_not_waited_for(&[]), Ok(()));
        let code = check_not_waited_for(&["T1".to_owned()]).map_err(|refusal| refusal.code);
        assert_eq!(code, Err(Code::StillReferenced));
    }

    #[test]
    fn an_edition_is_spelled_so_that_anybody_can_hash_it() {
        let id = Uuid::from_u128;
        let text =
            "mingjian-library/1 L1 2\n{}\n00000000-0000-0000-0000-000000000001\n00000000-0000-0000-0000-00000000000a\n";
        assert_eq!(members_text("L1", 2, "{}", &[id(1), id(10)]), text);
        // printf '…' | sha256sum
        assert_eq!(
            hex::encode(digest("L1", 2, "{}", &[id(1), id(10)])),
            "00de53ebe1949e4224a0ab17da8830d4a6ca8f98741bd91abf422d6fb1f8287d"
        );
    }

    proptest! {
        /// What came and what went lead from one edition to the other.
        #[test]
        fn the_difference_leads_over(before: BTreeSet<u8>, after: BTreeSet<u8>) {
            let ids = |set: &BTreeSet<u8>| set.iter().map(|n| Uuid::from_u128(u128::from(*n))).collect::<Vec<_>>();
            let (before, after) = (ids(&before), ids(&after));
            let (entered, left) = difference(&before, &after);
            let mut led: BTreeSet<_> = before.iter().copied().collect();
            for id in left {
                prop_assert!(led.remove(&id));
            }
            for id in entered {
                prop_assert!(led.insert(id));
            }
            prop_assert_eq!(led.into_iter().collect::<Vec<_>>(), after);
        }
    }
}
