//! 执法文书: `DRAFT → ISSUED → SERVED | REFUSED → VOID`. A document is its data: what is issued gets its number and is set once from
//! what is stored; a number stays, whatever becomes of its document.

pub mod templates;

use crate::access::{Actor, Decide, Permission};
use crate::inspections::inspections::InspectionStatus;
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::text;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

code_list! {
    /// 司法部《行政检查文书基本格式文本（试行）》's seven, and two that follow an inspection.
    DocumentKind "文书种类" {
        InspectionApproval "行政检查审批表", InspectionNotice "行政检查通知书", SiteRecord "现场检查笔录",
        SamplingRecord "抽样取证凭证", InquestRecord "勘验笔录", InquiryRecord "询问笔录", ResultNotice "行政检查结果告知书",
        RectificationOrder "责令改正通知书", ServiceReceipt "送达回证"
    }
}

code_list! {
    DocumentStatus "文书状态" {
        Draft "草稿", Issued "已制发", Served "已送达", Refused "拒收", Void "已作废", Discarded "已放弃"
    }
}

code_list! {
    /// What can be done to a document.
    DocumentAction "文书操作" {
        Update "修改", Issue "制发", Serve "登记送达", RecordRefusal "登记拒收", Void "作废", Discard "放弃"
    }
}

code_list! {
    ServiceWay "送达方式" {
        Direct "直接送达", Left "留置送达", Mail "邮寄送达", Electronic "电子送达", Entrusted "委托送达", Announced "公告送达"
    }
}

code_list! {
    DocumentFormat "文件格式" { Pdf "PDF", Docx "DOCX" }
}

/// The life of a document, whole. What was served or refused can still be void: it was wrong all the same.
pub const fn next(status: DocumentStatus, action: DocumentAction) -> Option<DocumentStatus> {
    use DocumentAction as A;
    use DocumentStatus as S;

    match (status, action) {
        (S::Draft, A::Update) => Some(S::Draft),
        (S::Draft, A::Issue) => Some(S::Issued),
        (S::Draft, A::Discard) => Some(S::Discarded),
        // Whoever refused it first may take it in the end.
        (S::Issued | S::Refused, A::Serve) => Some(S::Served),
        (S::Issued, A::RecordRefusal) => Some(S::Refused),
        (S::Issued | S::Served | S::Refused, A::Void) => Some(S::Void),
        (S::Draft, A::Serve | A::RecordRefusal | A::Void)
        | (S::Issued | S::Served, A::Update | A::Issue | A::Discard)
        | (S::Served, A::Serve | A::RecordRefusal)
        | (S::Refused, A::Update | A::Issue | A::Discard | A::RecordRefusal)
        | (S::Void | S::Discarded, A::Update | A::Issue | A::Serve | A::RecordRefusal | A::Void | A::Discard) => None,
    }
}

impl DocumentKind {
    /// Whether it is brought to somebody; a record is signed on the spot, an approval stays in the house.
    pub const fn is_served(self) -> bool {
        match self {
            Self::InspectionNotice | Self::ResultNotice | Self::RectificationOrder => true,
            Self::InspectionApproval
            | Self::SiteRecord
            | Self::SamplingRecord
            | Self::InquestRecord
            | Self::InquiryRecord
            | Self::ServiceReceipt => false,
        }
    }
}

impl DocumentAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Update | Self::Issue | Self::Serve | Self::RecordRefusal | Self::Discard => {
                Permission::DocumentsWrite
            }
            Self::Void => Permission::DocumentsVoid,
        }
    }
}

/// Whether a kind can be issued while its inspection is in a state: a paper comes in its order, and none of an inspection that
/// was made void.
pub const fn may_be_issued(kind: DocumentKind, inspection: InspectionStatus) -> bool {
    use DocumentKind as K;
    use InspectionStatus as S;

    match (kind, inspection) {
        (_, S::Void) => false,
        // Before they go, and until there is a result to be looked at.
        (K::InspectionApproval | K::InspectionNotice, S::Pending | S::Started | S::Returned) => true,
        (K::InspectionApproval | K::InspectionNotice, _) => false,
        // What was seen is written down when it was recorded.
        (K::SiteRecord, S::Pending | S::Started) => false,
        (K::ResultNotice, S::Approved | S::Published | S::Withdrawn) => true,
        (K::ResultNotice, _) => false,
        (
            K::SiteRecord
            | K::SamplingRecord
            | K::InquestRecord
            | K::InquiryRecord
            | K::RectificationOrder
            | K::ServiceReceipt,
            _,
        ) => true,
    }
}

/// A document, as far as deciding about it needs.
#[derive(Clone, Debug)]
pub struct DocumentFacts {
    pub status: DocumentStatus,
    pub kind: DocumentKind,
    pub department_id: Uuid,
    pub inspection: InspectionStatus,
    /// Officers of the inspection.
    pub team: Vec<Uuid>,
    pub issued_by: Option<Uuid>,
}

impl Decide for DocumentFacts {
    type Action = DocumentAction;
    type Next = DocumentStatus;

    fn is_granted(&self, actor: &Actor, action: DocumentAction) -> bool {
        let assigned = actor.personnel_id.is_some_and(|officer| self.team.contains(&officer));
        actor.may(action.permission(), self.department_id, assigned)
    }

    fn judge(&self, actor: &Actor, action: DocumentAction) -> Result<DocumentStatus, Refusal> {
        let next = next(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;
        if matches!(action, DocumentAction::Serve | DocumentAction::RecordRefusal) && !self.kind.is_served() {
            return Err(Refusal::state((self.kind.code(), self.kind.label()), action));
        }
        if action == DocumentAction::Issue && !may_be_issued(self.kind, self.inspection) {
            let (label, inspection) = (self.kind.label(), self.inspection.label());
            let (kind, status) = (self.kind.code(), self.inspection.code());
            let detail = text!(
                "检查为“{inspection}”，此时不能制发{label}。",
                "The inspection is {status}: no {kind} is issued then."
            );
            return Err(Refusal::new(Code::StateConflict, detail));
        }
        if action == DocumentAction::Void {
            actor.check_not_own(self.issued_by)?;
        }
        Ok(next)
    }
}

/// 存证日志检查点: how large the log was just before a document was issued, and its root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogMark {
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub root: String,
}

/// What whoever holds a paper may know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedPaper {
    pub id: Uuid,
    pub kind: DocumentKind,
    pub status: DocumentStatus,
    pub number: String,
    pub body_name: String,
    pub issued_on: NaiveDate,
    pub voided_on: Option<NaiveDate>,
    pub content_sha256: String,
    pub pdf_sha256: String,
    pub docx_sha256: String,
    pub checkpoint: Option<LogMark>,
    /// 销毁日期, where its file was destroyed.
    pub destroyed_on: Option<NaiveDate>,
}

/// 送达: how, to whom, when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// None where it was refused.
    pub way: Option<ServiceWay>,
    pub to: String,
    pub at: chrono::DateTime<chrono::Utc>,
    /// Who was there when it was refused or left.
    pub witnesses: Vec<String>,
    pub note: Option<String>,
    /// The receipt, as evidence that is kept.
    pub receipt_evidence_id: Option<Uuid>,
    pub by: Uuid,
}

/// Ways that need a witness, or pictures of how it was done (《民事诉讼法》第八十九条, which 《行政处罚法》第六十一条 refers to).
pub const fn needs_witness(way: ServiceWay) -> bool {
    match way {
        ServiceWay::Left => true,
        ServiceWay::Direct
        | ServiceWay::Mail
        | ServiceWay::Electronic
        | ServiceWay::Entrusted
        | ServiceWay::Announced => false,
    }
}

#[cfg(test)]
#[path = "../documents_tests.rs"]
mod tests;
