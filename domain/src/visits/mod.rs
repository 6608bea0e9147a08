//! 入企检查 a visit: whatever the departments check at one object on one day is one visit (进一次门、查多事项), approved before it
//! is made. `DRAFT → REQUESTED → APPROVED → NOTIFIED → ENTERED → LEFT → CLOSED` (国办发〔2024〕54号).

pub mod alerts;
pub mod budget;
#[cfg(test)]
mod budget_tests;
mod decide;
pub mod entry;
pub mod feedback;
pub mod offline;
#[cfg(test)]
mod offline_tests;

pub use decide::{PartFacts, VisitFacts};

use crate::access::Permission;
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;
use crate::spot_checks::tasks::{TaskKind, TaskSource};
use chrono::NaiveDate;

code_list! {
    VisitStatus "入企检查状态" {
        Draft "草稿", Requested "待批准", Approved "已批准", Notified "已通知", Entered "已进入", Left "已离开", Closed "已办结",
        Cancelled "已取消", Merged "已并入", OffSite "已转非现场"
    }
}

code_list! {
    /// What can be done to a visit.
    VisitAction "入企检查操作" {
        Update "修改", Request "申请", Merge "并入", Join "接受并入", Return "退回", Approve "批准", Notify "送达通知", Enter "进入",
        EnterUrgently "紧急进入", ApproveLate "补办批准", RefuseLate "不予补办", Leave "离开", Close "办结", Cancel "取消", TakeOffSite "转为非现场"
    }
}

code_list! {
    VisitKind "入企检查类别" { Daily "日常检查", Case "个案检查", Special "专项检查", DoubleRandom "双随机抽查" }
}

code_list! {
    /// How the entry is on record.
    EntryMode "进入登记方式" { Scan "扫码", MakeUp "事后补录" }
}

/// Days that no window outlasts, whatever the setting says: so far back a visit is looked for.
pub const LONGEST_WINDOW: u32 = 92;

/// The life of a visit, whole.
pub const fn next(status: VisitStatus, action: VisitAction) -> Option<VisitStatus> {
    use VisitAction as A;
    use VisitStatus as S;

    match (status, action) {
        (S::Draft, A::Update) | (S::Requested | S::Approved | S::Notified, A::Return) => Some(S::Draft),
        (S::Draft, A::Request) | (S::Requested | S::Approved | S::Notified, A::Join) => Some(S::Requested),
        (S::Draft, A::Merge) => Some(S::Merged),
        (S::Requested, A::Approve) => Some(S::Approved),
        (S::Approved, A::Notify) => Some(S::Notified),
        (S::Approved | S::Notified, A::Enter)
        | (S::Draft, A::EnterUrgently)
        | (S::Entered, A::ApproveLate | A::RefuseLate) => Some(S::Entered),
        (S::Entered, A::Leave) | (S::Left, A::ApproveLate | A::RefuseLate) => Some(S::Left),
        (S::Left, A::Close) => Some(S::Closed),
        (S::Draft | S::Requested | S::Approved | S::Notified, A::Cancel) => Some(S::Cancelled),
        (S::Draft | S::Requested | S::Approved | S::Notified, A::TakeOffSite) => Some(S::OffSite),
        (
            S::Draft
            | S::Requested
            | S::Approved
            | S::Notified
            | S::Entered
            | S::Left
            | S::Closed
            | S::Cancelled
            | S::Merged
            | S::OffSite,
            A::Update
            | A::Request
            | A::Merge
            | A::Join
            | A::Return
            | A::Approve
            | A::Notify
            | A::Enter
            | A::EnterUrgently
            | A::ApproveLate
            | A::RefuseLate
            | A::Leave
            | A::Close
            | A::Cancel
            | A::TakeOffSite,
        ) => None,
    }
}

pub fn apply(status: VisitStatus, action: VisitAction) -> Result<VisitStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

impl VisitAction {
    /// The permission of the route that carries the action. A visit is joined by the request of another, and closes with the last
    /// of its inspections.
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Update
            | Self::Request
            | Self::Merge
            | Self::Notify
            | Self::Enter
            | Self::EnterUrgently
            | Self::Leave
            | Self::Cancel
            | Self::TakeOffSite => Some(Permission::VisitsRequest),
            Self::Return | Self::Approve | Self::ApproveLate | Self::RefuseLate => Some(Permission::VisitsApprove),
            Self::Join | Self::Close => None,
        }
    }
}

/// What a visit is, by what is inspected on it: nobody chooses the rows that bind.
pub const fn kind_of(source: TaskSource, task: TaskKind, exempt: bool) -> VisitKind {
    match (source, task) {
        (TaskSource::Clue, _) => VisitKind::Case,
        (TaskSource::Visit, _) if exempt => VisitKind::Case,
        (TaskSource::Visit, _) => VisitKind::Daily,
        (TaskSource::Issued, _) if exempt => VisitKind::Case,
        (TaskSource::Issued, _) => VisitKind::Special,
        (TaskSource::Plan | TaskSource::Temporary, TaskKind::Special) => VisitKind::Special,
        (TaskSource::Plan | TaskSource::Temporary, TaskKind::DoubleRandom) => VisitKind::DoubleRandom,
    }
}

/// It stands to be made: others may join it, and what it takes of the budget is reserved.
pub const fn is_open(status: VisitStatus) -> bool {
    matches!(status, VisitStatus::Requested | VisitStatus::Approved | VisitStatus::Notified)
}

/// Entered without leave that came by the day on which it was due.
pub fn is_unapproved(approved_on: Option<NaiveDate>, due: NaiveDate) -> bool {
    approved_on.is_none_or(|day| day > due)
}

/// Somebody was there.
pub const fn was_entered(status: VisitStatus) -> bool {
    matches!(status, VisitStatus::Entered | VisitStatus::Left | VisitStatus::Closed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table_of_a_visits_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            VisitStatus::ALL,
            VisitAction::ALL,
            |s, a| next(*s, *a).map(VisitStatus::code),
            |s| s.code(),
            |a| a.code()
        ));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// Whatever is tried in whatever order, nobody is inside without leave or urgency, and nothing leaves an end.
        #[test]
        fn no_way_leads_round_the_approval(steps in proptest::collection::vec(0..VisitAction::ALL.len(), 1..30)) {
            let mut status = VisitStatus::Draft;
            let (mut approved, mut urgent) = (false, false);
            for step in steps {
                let action = VisitAction::ALL[step];
                let Some(after) = next(status, action) else { continue };
                prop_assert!(!matches!(status, VisitStatus::Closed | VisitStatus::Cancelled | VisitStatus::Merged | VisitStatus::OffSite));
                approved = if after == VisitStatus::Approved { true } else { approved && after != VisitStatus::Requested && after != VisitStatus::Draft };
                urgent |= action == VisitAction::EnterUrgently;
                status = after;
                prop_assert!(!was_entered(status) || approved || urgent);
            }
        }
    }
}
