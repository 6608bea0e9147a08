//! 行政执法监督案件: the justice bureau looks into how a department enforces (国令第825号《行政执法监督条例》). It reads what there is and
//! changes none of it: what has to be put right, the department puts right, and answers.
//!
//! `OPEN → INVESTIGATING → NOTICE | OPINION | DECISION → REPLIED → VERIFIED → CLOSED`; `OPEN | INVESTIGATING → UNFOUNDED`;
//! `REPLIED → INVESTIGATING` where the answer does not do; `NOTICE | OPINION → DECISION` where none came in time.

mod decide;

pub use decide::SupervisionFacts;

use crate::access::Permission;
use crate::kernel::code_list::code_list;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

code_list! {
    SupervisionStatus "监督案件状态" {
        Open "待核查", Investigating "调查中", Notice "已发监督通知书", Opinion "已发监督意见书", Decision "已发监督决定书", Replied "已回复待核验",
        Verified "已核验", Closed "已办结", Unfounded "查无问题"
    }
}

code_list! {
    /// What can be done to a case.
    SupervisionAction "监督案件操作" {
        Update "修改", Investigate "开展调查", IssueNotice "制发监督通知书", IssueOpinion "制发监督意见书", IssueDecision "制发监督决定书",
        Extend "延长回复期限", Reply "回复", Reject "核验不通过", Verify "核验通过", Escalate "提级处理", Close "办结", Dismiss "查无问题结案"
    }
}

code_list! {
    /// Where a case comes from.
    SupervisionSource "监督案件来源" { Alert "监测预警", Complaint "投诉举报", Own "自行发现" }
}

code_list! {
    /// What the department is sent.
    SupervisionPaper "监督文书种类" { Notice "行政执法监督通知书", Opinion "行政执法监督意见书", Decision "行政执法监督决定书" }
}

code_list! {
    /// How far it has come, for the same thing again or for no answer: each step after the one before (深府规〔2025〕6号).
    SupervisionMeasure "监督措施" { Rectify "责令改正", Talk "约谈负责人", Report "报告本级人民政府" }
}

code_list! {
    /// What a case is about, besides what it says.
    SupervisionSubject "监督涉及的记录" {
        Visit "入企检查", Inspection "检查", FollowUp "后续处置", VisitFeedback "企业评价和投诉", RiskClue "风险线索", Document "执法文书", CaseReferral "案件移送"
    }
}

impl SupervisionSubject {
    /// Whether the department that is looked into may see which record it is: it never learns which enterprise complained.
    pub const fn is_shown(self) -> bool {
        match self {
            Self::VisitFeedback => false,
            Self::Visit | Self::Inspection | Self::FollowUp | Self::RiskClue | Self::Document | Self::CaseReferral => {
                true
            }
        }
    }
}

impl SupervisionPaper {
    /// 文号中的字.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Notice => "执监通",
            Self::Opinion => "执监意",
            Self::Decision => "执监决",
        }
    }

    pub const fn action(self) -> SupervisionAction {
        match self {
            Self::Notice => SupervisionAction::IssueNotice,
            Self::Opinion => SupervisionAction::IssueOpinion,
            Self::Decision => SupervisionAction::IssueDecision,
        }
    }
}

impl SupervisionMeasure {
    /// The step after this one.
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Rectify => Some(Self::Talk),
            Self::Talk => Some(Self::Report),
            Self::Report => None,
        }
    }

    /// Where the same happened so many times before.
    pub const fn after(times: u64) -> Self {
        match times {
            0 => Self::Rectify,
            1 => Self::Talk,
            _ => Self::Report,
        }
    }
}

code_list! {
    ReplyVerdict "核验结论" { Accepted "通过", Rejected "不通过" }
}

/// 已采取的监督措施
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureTaken {
    pub measure: SupervisionMeasure,
    pub note: String,
    pub at: DateTime<Utc>,
    pub by: Uuid,
}

/// The life of a case, whole.
pub const fn next(status: SupervisionStatus, action: SupervisionAction) -> Option<SupervisionStatus> {
    use SupervisionAction as A;
    use SupervisionStatus as S;

    match (status, action) {
        (S::Open, A::Investigate) | (S::Replied, A::Reject) => Some(S::Investigating),
        (S::Open | S::Investigating, A::Update)
        | (S::Notice | S::Opinion | S::Decision, A::Extend)
        | (S::Investigating | S::Notice | S::Opinion | S::Decision | S::Replied | S::Verified, A::Escalate) => {
            Some(status)
        }
        (S::Investigating, A::IssueNotice) => Some(S::Notice),
        (S::Investigating, A::IssueOpinion) => Some(S::Opinion),
        (S::Investigating | S::Notice | S::Opinion, A::IssueDecision) => Some(S::Decision),
        (S::Notice | S::Opinion | S::Decision, A::Reply) => Some(S::Replied),
        (S::Replied, A::Verify) => Some(S::Verified),
        (S::Verified, A::Close) => Some(S::Closed),
        (S::Open | S::Investigating, A::Dismiss) => Some(S::Unfounded),
        (
            S::Open
            | S::Investigating
            | S::Notice
            | S::Opinion
            | S::Decision
            | S::Replied
            | S::Verified
            | S::Closed
            | S::Unfounded,
            A::Update
            | A::Investigate
            | A::IssueNotice
            | A::IssueOpinion
            | A::IssueDecision
            | A::Extend
            | A::Reply
            | A::Reject
            | A::Verify
            | A::Escalate
            | A::Close
            | A::Dismiss,
        ) => None,
    }
}

/// Nothing has been sent to the department yet: what comes up belongs to this case.
pub const fn is_gathering(status: SupervisionStatus) -> bool {
    matches!(status, SupervisionStatus::Open | SupervisionStatus::Investigating)
}

impl SupervisionAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Reply => Permission::SupervisionReply,
            Self::Update
            | Self::Investigate
            | Self::IssueNotice
            | Self::IssueOpinion
            | Self::IssueDecision
            | Self::Extend
            | Self::Reject
            | Self::Verify
            | Self::Escalate
            | Self::Close
            | Self::Dismiss => Permission::SupervisionHandle,
        }
    }
}

#[cfg(test)]
mod tests;
