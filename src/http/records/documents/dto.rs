//! Views of documents and templates.

use crate::http::kernel::reply::{View, versioned};
use crate::kernel::ctx::Ctx;
use crate::service::records::documents::{Filled, Handing, Made, decision_facts};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::records::documents::templates::{FIELDS, Template, Values};
use domain::records::documents::{
    DocumentAction, DocumentFormat, DocumentKind, DocumentStatus, IssuedPaper, LogMark, Service, ServiceWay,
};
use entity::records::documents::Model;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 执法文书
#[derive(Serialize, ToSchema)]
pub struct DocumentView {
    pub id: Uuid,
    pub inspection_id: Uuid,
    pub department_id: Uuid,
    pub object_id: Uuid,
    pub kind: DocumentKind,
    pub status: DocumentStatus,
    /// 模板版本
    pub template_version: i32,
    /// 所送达的文书
    #[schema(required)]
    pub about_id: Option<Uuid>,
    /// 文号; null until it is issued, and kept for good
    #[schema(required, example = "旺市监检通〔2026〕12号")]
    pub number: Option<String>,
    #[schema(required)]
    pub issued_on: Option<NaiveDate>,
    /// 填写项; null in lists
    #[schema(required, value_type = Option<BTreeMap<String, String>>)]
    pub inputs: Option<Values>,
    /// 制发时登记的数据; null in lists and on drafts
    #[schema(required, value_type = Option<BTreeMap<String, String>>)]
    pub fields: Option<Values>,
    /// 填写内容的 SHA-256
    pub content_sha256: String,
    #[schema(required)]
    pub pdf_sha256: Option<String>,
    #[schema(required)]
    pub docx_sha256: Option<String>,
    /// 公开核验地址, as the QR code on its pages says it
    #[schema(required)]
    pub verify_url: Option<String>,
    #[schema(required)]
    pub checkpoint: Option<LogMarkView>,
    #[schema(required)]
    pub issued_by: Option<Uuid>,
    #[schema(required)]
    pub issued_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub served_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub refused_at: Option<DateTime<Utc>>,
    /// 送达; null in lists
    #[schema(required)]
    pub service: Option<ServiceView>,
    /// 拒收, which stays when the document is served in the end; null in lists
    #[schema(required)]
    pub refusal: Option<ServiceView>,
    #[schema(required)]
    pub void_reason: Option<String>,
    #[schema(required)]
    pub voided_at: Option<DateTime<Utc>>,
    pub created_by: Uuid,
    /// What this caller may do now.
    pub allowed_actions: Vec<DocumentAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(DocumentView);

/// 存证日志检查点: how large the log was just before the document was issued
#[derive(Serialize, ToSchema)]
pub struct LogMarkView {
    pub size: u64,
    pub root: String,
}

impl From<LogMark> for LogMarkView {
    fn from(mark: LogMark) -> Self {
        Self { size: mark.size, root: mark.root }
    }
}

/// 送达或拒收
#[derive(Serialize, ToSchema)]
pub struct ServiceView {
    /// null where it was refused
    #[schema(required)]
    pub way: Option<ServiceWay>,
    pub to: String,
    pub at: DateTime<Utc>,
    pub witnesses: Vec<String>,
    #[schema(required)]
    pub note: Option<String>,
    #[schema(required)]
    pub receipt_evidence_id: Option<Uuid>,
    pub by: Uuid,
}

impl From<Service> for ServiceView {
    fn from(service: Service) -> Self {
        let Service { way, to, at, witnesses, note, receipt_evidence_id, by } = service;
        Self { way, to, at, witnesses, note, receipt_evidence_id, by }
    }
}

impl DocumentView {
    pub fn of(ctx: &Ctx, row: Model, made: Option<Made>, said: Option<(Filled, Handing)>) -> Self {
        let allowed_actions = decision_facts(&row, made).allowed_actions(&ctx.actor);
        let (filled, handing) = said.map_or((None, None), |(filled, handing)| (Some(filled), Some(handing)));
        let (inputs, fields) = filled.map_or((None, None), |filled| (Some(filled.inputs), Some(filled.fields)));
        let Handing { service, refusal } = handing.unwrap_or_default();

        Self {
            allowed_actions,
            inputs,
            fields: fields.filter(|fields| !fields.is_empty()),
            verify_url: row.stamp.map(|stamp| stamp.0.address),
            id: row.id,
            inspection_id: row.inspection_id,
            department_id: row.department_id,
            object_id: row.object_id,
            kind: row.kind,
            status: row.status,
            template_version: row.template_version,
            about_id: row.about_id,
            number: row.number,
            issued_on: row.issued_on,
            content_sha256: row.content_sha256,
            pdf_sha256: row.pdf_sha256,
            docx_sha256: row.docx_sha256,
            checkpoint: row.checkpoint.map(|mark| mark.0.into()),
            issued_by: row.issued_by,
            issued_at: row.issued_at,
            served_at: row.served_at,
            refused_at: row.refused_at,
            service: service.map(Into::into),
            refusal: refusal.map(Into::into),
            void_reason: row.void_reason,
            voided_at: row.voided_at,
            created_by: row.created_by,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// 查看文书文件
#[derive(Clone, Copy, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"format": "PDF"})))]
pub struct DocumentLinkBody {
    pub format: DocumentFormat,
}

/// 公开核验: what was issued under the code on a paper, and what became of it; nothing of what it says.
#[derive(Serialize, ToSchema)]
pub struct PublicDocumentView {
    /// by which its acts stand in the public log
    pub id: Uuid,
    pub kind: DocumentKind,
    pub status: DocumentStatus,
    pub number: String,
    /// 制发机关
    pub body_name: String,
    pub issued_on: NaiveDate,
    #[schema(required)]
    pub voided_on: Option<NaiveDate>,
    /// 内容摘要, the beginning of which stands on the paper
    pub content_sha256: String,
    pub pdf_sha256: String,
    pub docx_sha256: String,
    #[schema(required)]
    pub checkpoint: Option<LogMarkView>,
    /// 保管期限届满后案卷的销毁日期; what was issued was issued all the same
    #[schema(required)]
    pub destroyed_on: Option<NaiveDate>,
}

impl View for PublicDocumentView {}

impl From<IssuedPaper> for PublicDocumentView {
    fn from(paper: IssuedPaper) -> Self {
        Self {
            id: paper.id,
            kind: paper.kind,
            status: paper.status,
            number: paper.number,
            body_name: paper.body_name,
            issued_on: paper.issued_on,
            voided_on: paper.voided_on,
            content_sha256: paper.content_sha256,
            pdf_sha256: paper.pdf_sha256,
            docx_sha256: paper.docx_sha256,
            checkpoint: paper.checkpoint.map(Into::into),
            destroyed_on: paper.destroyed_on,
        }
    }
}

/// 文书模板
#[derive(Serialize, ToSchema)]
pub struct DocumentTemplateView {
    pub kind: DocumentKind,
    pub version: i32,
    pub title: String,
    /// 文种代字
    pub number_word: String,
    /// 格式依据
    pub basis: String,
    pub inputs: Vec<TemplateInputView>,
    /// 由平台数据填写的项
    pub fields: Vec<TemplateFieldView>,
}

/// 填写项
#[derive(Serialize, ToSchema)]
pub struct TemplateInputView {
    pub name: String,
    pub label: String,
    /// 制发前必填
    pub required: bool,
    /// 日期（YYYY-MM-DD）
    pub is_date: bool,
    /// 制发日之后的日期
    pub is_future: bool,
    /// 最多字数
    pub longest: usize,
}

/// 由平台数据填写的一项
#[derive(Serialize, ToSchema)]
pub struct TemplateFieldView {
    pub name: &'static str,
    pub label: &'static str,
    /// 没有则不能制发
    pub required: bool,
}

/// 全部文书模板
#[derive(Serialize, ToSchema)]
pub struct DocumentTemplatesView {
    pub items: Vec<DocumentTemplateView>,
}

impl View for DocumentTemplatesView {}

impl From<&Template> for DocumentTemplateView {
    fn from(template: &Template) -> Self {
        let asked = template.asked();
        let fields = FIELDS.into_iter().filter(|(name, _)| asked.contains(*name));

        Self {
            kind: template.kind,
            version: template.version,
            title: template.title.clone(),
            number_word: template.number_word.clone(),
            basis: template.basis.clone(),
            inputs: template
                .inputs
                .iter()
                .map(|input| TemplateInputView {
                    name: input.name.clone(),
                    label: input.label.clone(),
                    required: input.required,
                    is_date: input.is_date,
                    is_future: input.is_future,
                    longest: input.longest,
                })
                .collect(),
            fields: fields
                .map(|(name, label)| TemplateFieldView {
                    name,
                    label,
                    required: template.needs.iter().any(|needed| needed == name),
                })
                .collect(),
        }
    }
}
