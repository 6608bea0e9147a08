//! 抽查计划: `DRAFT → SUBMITTED → APPROVED → FILED → PUBLISHED → FINISHED`. What was published stays in force, as an edition, while
//! it is amended: `PUBLISHED → AMENDED → SUBMITTED → … → PUBLISHED` (rules of the trade §15).

pub mod changes;
pub mod lines;
pub mod progress;

use crate::access::Permission;
use crate::access::{Actor, Decide};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::{EACH_LINE_ENDS, GENERAL_ITEM_CEILING, Rules};
use crate::kernel::text::{listed, text};
use uuid::Uuid;

code_list! {
    PlanStatus "抽查计划状态" {
        Draft "草稿", Submitted "待审核", Approved "已批准", Filed "已备案", Published "已公示", Amended "调整中", Finished "已完成"
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
    PlanAction "抽查计划操作" {
        Update "修改", Submit "提交", Return "退回", Approve "批准", File "备案", Refuse "不予备案", Publish "公示", Amend "调整",
        Restore "撤销调整", Finish "完成"
    }
}

/// The life of a plan, whole: every state and action is named here. `public`: an edition of it is in force.
pub const fn next(status: PlanStatus, action: PlanAction, public: bool) -> Option<PlanStatus> {
    use PlanAction as A;
    use PlanStatus as S;

    match (status, action) {
        (S::Draft | S::Amended, A::Update) => Some(status),
        (S::Draft | S::Amended, A::Submit) => Some(S::Submitted),
        (S::Submitted, A::Return) | (S::Approved | S::Filed, A::Refuse) => {
            Some(if public { S::Amended } else { S::Draft })
        }
        (S::Submitted, A::Approve) => Some(S::Approved),
        (S::Approved, A::File) => Some(S::Filed),
        (S::Filed, A::Publish) | (S::Amended, A::Restore) => Some(S::Published),
        (S::Published, A::Amend) => Some(S::Amended),
        (S::Published, A::Finish) => Some(S::Finished),
        (S::Draft, A::Return | A::Approve | A::File | A::Refuse | A::Publish | A::Amend | A::Restore | A::Finish)
        | (
            S::Submitted,
            A::Update | A::Submit | A::File | A::Refuse | A::Publish | A::Amend | A::Restore | A::Finish,
        )
        | (
            S::Approved,
            A::Update | A::Submit | A::Return | A::Approve | A::Publish | A::Amend | A::Restore | A::Finish,
        )
        | (S::Filed, A::Update | A::Submit | A::Return | A::Approve | A::File | A::Amend | A::Restore | A::Finish)
        | (
            S::Published,
            A::Update | A::Submit | A::Return | A::Approve | A::File | A::Refuse | A::Publish | A::Restore,
        )
        | (S::Amended, A::Return | A::Approve | A::File | A::Refuse | A::Publish | A::Amend | A::Finish)
        | (
            S::Finished,
            A::Update
            | A::Submit
            | A::Return
            | A::Approve
            | A::File
            | A::Refuse
            | A::Publish
            | A::Amend
            | A::Restore
            | A::Finish,
        ) => None,
    }
}

impl PlanAction {
    /// The permission of the route that carries the action.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Update | Self::Submit | Self::Amend | Self::Restore | Self::Finish => Permission::PlansWrite,
            Self::Return | Self::Approve => Permission::PlansReview,
            Self::File | Self::Refuse => Permission::PlansFile,
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
#[derive(Clone, Debug)]
pub struct PlanFacts {
    pub status: PlanStatus,
    pub department_id: Uuid,
    pub submitted_by: Option<Uuid>,
    /// Whether an edition of it is in force.
    pub public: bool,
    /// Of the edition in force the lines that are neither done nor cancelled, as the public knows them.
    pub open_lines: Vec<String>,
}

impl Decide for PlanFacts {
    type Action = PlanAction;
    type Next = PlanStatus;

    fn is_granted(&self, actor: &Actor, action: PlanAction) -> bool {
        actor.may(action.permission(), self.department_id, false)
    }

    fn judge(&self, actor: &Actor, action: PlanAction) -> Result<PlanStatus, Refusal> {
        let next = next(self.status, action, self.public).ok_or_else(|| Refusal::state(self.status, action))?;

        if matches!(action, PlanAction::Return | PlanAction::Approve | PlanAction::File | PlanAction::Refuse) {
            actor.check_not_own(self.submitted_by)?;
        }
        if action == PlanAction::Finish {
            check_ended(&self.open_lines)?;
        }

        Ok(next)
    }
}

/// A plan is finished when each of its lines is done or was cancelled with a reason.
fn check_ended(open: &[String]) -> Result<(), Refusal> {
    if open.is_empty() {
        return Ok(());
    }

    let lines = listed(open);
    let detail = text!(
        "条目 {zh} 尚未完成；请完成抽查并公示结果，或经调整程序写明理由予以取消。",
        "Lines {en} are not done yet: carry them out to published results, or cancel them by an amendment with a reason.",
        zh = lines.zh,
        en = lines.en
    );
    Err(Refusal::new(Code::PlanLinesOpen, detail).under(EACH_LINE_ENDS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table_of_a_plans_life() {
        let table = |public| {
            let next = |s: &PlanStatus, a: &PlanAction| next(*s, *a, public).map(PlanStatus::code);
            crate::kernel::code_list::table(PlanStatus::ALL, PlanAction::ALL, next, |s| s.code(), |a| a.code())
        };
        insta::assert_snapshot!(format!("never published\n{}\n\npublished before\n{}", table(false), table(true)));
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// Whatever is done, in whatever order: nothing becomes public that was not reviewed and filed since it last changed, and
        /// what once was public ends published, amended or finished, never as a draft.
        #[test]
        fn random_ways_keep_to_the_table(ways in proptest::collection::vec(0usize..PlanAction::ALL.len(), 0..40)) {
            let (mut status, mut public) = (PlanStatus::Draft, false);
            let (mut reviewed, mut filed) = (false, false);
            for action in ways.into_iter().map(|at| PlanAction::ALL[at]) {
                let Some(next) = next(status, action, public) else { continue };

                match action {
                    PlanAction::Approve => reviewed = true,
                    PlanAction::File => filed = true,
                    PlanAction::Publish => {
                        prop_assert!(reviewed && filed, "{:?}", status);
                        public = true;
                    }
                    PlanAction::Update | PlanAction::Submit | PlanAction::Return | PlanAction::Refuse | PlanAction::Amend => {
                        (reviewed, filed) = (false, false);
                    }
                    PlanAction::Restore | PlanAction::Finish => prop_assert!(public),
                }
                prop_assert!(!(public && next == PlanStatus::Draft), "{:?} {:?}", status, action);
                prop_assert!(status != PlanStatus::Finished);
                status = next;
            }
        }
    }
}
