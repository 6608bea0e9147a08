//! 部门任务: what one department does of an issued task.

use crate::access::{Actor, Decide, Permission};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::text;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

code_list! {
    PartStatus "部门任务状态" { ToSign "待签收", Signed "已签收", Recording "办理中", Submitted "已提交" }
}

code_list! {
    /// What can be done to a department's part.
    PartAction "部门任务操作" { Sign "签收", Inspect "开展检查", Submit "提交" }
}

code_list! {
    /// 监管行为 beside the inspections.
    BehaviourKind "监管行为类别" { Penalty "行政处罚", Force "行政强制", Other "其他监管行为" }
}

/// 反馈的监管行为
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Feedback {
    pub kind: BehaviourKind,
    /// 行为编号 or 决定书文号
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100, pattern = "\\S"))]
    pub code: String,
    /// 行政相对人
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 300, pattern = "\\S"))]
    pub object_name: String,
    /// 作出日期
    pub on: NaiveDate,
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1000, pattern = "\\S"))]
    pub content: String,
}

/// The life of a part, as far as its department moves it; the county office gives all parts back together.
pub const fn next_part(status: PartStatus, action: PartAction) -> Option<PartStatus> {
    use PartAction as A;
    use PartStatus as S;

    match (status, action) {
        (S::ToSign, A::Sign) => Some(S::Signed),
        (S::Signed | S::Recording, A::Inspect) => Some(S::Recording),
        (S::Signed | S::Recording, A::Submit) => Some(S::Submitted),
        (S::ToSign, A::Inspect | A::Submit)
        | (S::Signed | S::Recording, A::Sign)
        | (S::Submitted, A::Sign | A::Inspect | A::Submit) => None,
    }
}

impl PartAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Sign | Self::Inspect | Self::Submit => Permission::IssuedTasksHandle,
        }
    }
}

/// A part, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct PartFacts {
    pub status: PartStatus,
    pub department_id: Uuid,
    /// Inspections opened for it that have no approved result yet.
    pub open_inspections: u64,
}

impl Decide for PartFacts {
    type Action = PartAction;
    type Next = PartStatus;

    fn is_granted(&self, actor: &Actor, action: PartAction) -> bool {
        actor.may(action.permission(), self.department_id, false)
    }

    fn judge(&self, _: &Actor, action: PartAction) -> Result<PartStatus, Refusal> {
        let next = next_part(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;

        if action == PartAction::Submit {
            check_open(self.open_inspections)?;
        }

        Ok(next)
    }
}

/// Nothing is handed in, checked or reported while an inspection made for it has no approved result.
pub(super) fn check_open(open: u64) -> Result<(), Refusal> {
    if open == 0 {
        return Ok(());
    }
    let detail = text!(
        "还有 {open} 项检查没有审核通过的结果；请先录入并审核。",
        "{open} inspections have no approved result: record and review them first."
    );
    Err(Refusal::new(Code::InspectionsOpen, detail))
}
