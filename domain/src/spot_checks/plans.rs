//! 抽查计划: `DRAFT → SUBMITTED → APPROVED → PUBLISHED → FINISHED`, returned with a reason, amended after publication.

use crate::access::Permission;
use crate::access::{Actor, Decide};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::{GENERAL_ITEM_CEILING, Rules};
use crate::kernel::text::text;
use uuid::Uuid;

code_list! {
    PlanStatus "抽查计划状态" {
        Draft "草稿", Submitted "待审核", Approved "已批准", Published "已公示", Finished "已完成"
    }
}

code_list! {
    /// 计划类别 (national codes 1 年度, 2 专项).
    PlanKind "抽查计划类别" { Annual "年度计划", Special "专项计划" }
}

code_list! {
    /// 抽查事项类别: general items are bounded, key items are not.
    ItemKind "抽查事项类别" { General "一般检查事项", Key "重点检查事项" }
}

code_list! {
    /// What can be done to a plan.
    PlanAction "抽查计划操作" { Update "修改", Submit "提交", Return "退回", Approve "批准", Publish "公示", Amend "调整", Finish "完成" }
}

/// The life of a plan, whole: every state and action is named here.
pub const fn next(status: PlanStatus, action: PlanAction) -> Option<PlanStatus> {
    use PlanAction as A;
    use PlanStatus as S;

    match (status, action) {
        (S::Draft, A::Update) | (S::Submitted, A::Return) | (S::Published, A::Amend) => Some(S::Draft),
        (S::Draft, A::Submit) => Some(S::Submitted),
        (S::Submitted, A::Approve) => Some(S::Approved),
        (S::Approved, A::Publish) => Some(S::Published),
        (S::Published, A::Finish) => Some(S::Finished),
        (S::Draft, A::Return | A::Approve | A::Publish | A::Amend | A::Finish)
        | (S::Submitted, A::Update | A::Submit | A::Publish | A::Amend | A::Finish)
        | (S::Approved, A::Update | A::Submit | A::Return | A::Approve | A::Amend | A::Finish)
        | (S::Published, A::Update | A::Submit | A::Return | A::Approve | A::Publish)
        | (S::Finished, A::Update | A::Submit | A::Return | A::Approve | A::Publish | A::Amend | A::Finish) => None,
    }
}

pub fn apply(status: PlanStatus, action: PlanAction) -> Result<PlanStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

impl PlanAction {
    /// The permission of the route that carries the action.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Update | Self::Submit | Self::Amend | Self::Finish => Permission::PlansWrite,
            Self::Return | Self::Approve => Permission::PlansReview,
            Self::Publish => Permission::PlansPublish,
        }
    }
}

/// General items are bounded; key items have no ceiling.
pub fn check_ratio(rules: &Rules, kind: ItemKind, ratio_bp: Option<u32>) -> Result<(), Refusal> {
    let ceiling = rules.general_item_ceiling_bp;
    match (kind, ratio_bp) {
        (ItemKind::General, Some(ratio)) if ratio > ceiling => Err(Refusal::new(
            Code::RatioAboveCeiling,
            text!(
                "一般检查事项的抽查比例 {r}% 超过上限 {c}%；请降低比例或改为重点检查事项。",
                "The ratio {r} % of a general item is above the ceiling of {c} %; lower it or make it a key item.",
                r = percent(ratio),
                c = percent(ceiling)
            ),
        )
        .under(GENERAL_ITEM_CEILING)),
        (ItemKind::General | ItemKind::Key, _) => Ok(()),
    }
}

/// Basis points as a decimal percentage without trailing zeros: 250 → `2.5`.
pub fn percent(basis_points: u32) -> String {
    let text = format!("{}.{:02}", basis_points / 100, basis_points % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A plan, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct PlanFacts {
    pub status: PlanStatus,
    pub department_id: Uuid,
    pub submitted_by: Option<Uuid>,
}

impl Decide for PlanFacts {
    type Action = PlanAction;
    type Next = PlanStatus;

    fn is_granted(&self, actor: &Actor, action: PlanAction) -> bool {
        actor.may(action.permission(), self.department_id, false)
    }

    fn judge(&self, actor: &Actor, action: PlanAction) -> Result<PlanStatus, Refusal> {
        let next = apply(self.status, action)?;

        if matches!(action, PlanAction::Return | PlanAction::Approve) {
            actor.check_not_own(self.submitted_by)?;
        }

        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_plans_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            PlanStatus::ALL,
            PlanAction::ALL,
            |s, a| { next(*s, *a).map(PlanStatus::code) },
            |s| s.code(),
            |a| a.code()
        ));
    }

    #[test]
    fn general_items_are_bounded_and_key_items_are_not() {
        let rules = Rules::default();
        assert!(check_ratio(&rules, ItemKind::General, Some(1_000)).is_ok());
        assert_eq!(
            check_ratio(&rules, ItemKind::General, Some(1_001)).map_err(|refusal| refusal.code),
            Err(Code::RatioAboveCeiling)
        );
        assert!(check_ratio(&rules, ItemKind::Key, Some(5_000)).is_ok());
        assert_eq!((percent(20), percent(250), percent(1_000)), ("0.2".into(), "2.5".into(), "10".into()));
    }
}
