//! Drafts: what an officer fills in.

use super::{Filled, facts_of};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::records::documents as store;
use chrono::NaiveDate;
use domain::access::Decide;
use domain::inspections::inspections::InspectionStatus;
use domain::kernel::refusal::Refusal;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::records::documents::templates::{Template, Values, newest};
use domain::records::documents::{DocumentAction, DocumentKind, DocumentStatus};
use entity::records::documents::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 新文书
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "kind": "INSPECTION_NOTICE", "inputs": {"materials": "营业执照、食品经营许可证", "contact": "王强，0839-0000000"}
})))]
pub struct DocumentBody {
    pub kind: DocumentKind,
    /// 填写项, by the names of the template; what is missing may come later
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    #[serde(default)]
    pub inputs: Values,
    /// 所送达的文书: of a 送达回证, and of nothing else
    #[serde(default)]
    pub about_id: Option<Uuid>,
}

/// 文书填写内容
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"inputs": {"materials": "营业执照", "contact": "王强，0839-0000000"}})))]
pub struct InputsBody {
    /// 填写项: those before are replaced
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub inputs: Values,
}

/// A blank of the newest template, filled in as far as the officer has.
pub async fn create(app: &App, tx: &WriteTx, inspection: Uuid, body: DocumentBody) -> Result<Change<Model>> {
    let ctx = tx.ctx();
    let inspection = inspections::get(tx.conn(), ctx, inspection).await?;
    if inspection.status == InspectionStatus::Void {
        return Err(Refusal::state(inspection.status, ("DOCUMENT", "制作文书")).into());
    }
    let template = newest(body.kind).ok_or_else(|| AppError::corrupt("a kind without a template"))?;
    check_about(tx, inspection.id, &body).await?;
    check_inputs(template, &body.inputs, None)?;

    let id = new_id();
    let filled = Filled { inputs: body.inputs, fields: Values::new() };
    let (content, content_sha256) = filled.seal(app, id).await?;
    let model = Model {
        id,
        inspection_id: inspection.id,
        department_id: inspection.department_id,
        object_id: inspection.object_id,
        kind: body.kind,
        status: DocumentStatus::Draft,
        template_version: template.version,
        about_id: body.about_id,
        content,
        content_sha256,
        number: None,
        issued_on: None,
        verify_code: None,
        body_name: None,
        checkpoint: None,
        stamp: None,
        pdf_key: None,
        pdf_sha256: None,
        docx_key: None,
        docx_sha256: None,
        issued_by: None,
        issued_at: None,
        service: None,
        refusal: None,
        service_way: None,
        served_at: None,
        refused_at: None,
        void_reason: None,
        voided_at: None,
        created_by: ctx.actor.id,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };

    let saved = insert(tx, model).await?;
    let event = Event::created::<Entity>(&saved);
    Ok(Change::new(saved, event))
}

/// Fills a draft in anew, on the newest template.
pub async fn update(app: &App, tx: &WriteTx, id: Uuid, version: i32, inputs: Values) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;

    row.status = facts_of(tx.conn(), &row).await?.decide(&tx.ctx().actor, DocumentAction::Update)?;
    let template = newest(row.kind).ok_or_else(|| AppError::corrupt("a kind without a template"))?;
    check_inputs(template, &inputs, None)?;
    row.template_version = template.version;
    let filled = Filled { inputs, fields: Values::new() };
    (row.content, row.content_sha256) = filled.seal(app, id).await?;

    row.save(AuditAction::Updated, None).await
}

/// A draft that nobody needs; it had no number.
pub async fn discard(tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;
    row.status = facts_of(tx.conn(), &row).await?.decide(&tx.ctx().actor, DocumentAction::Discard)?;
    row.save(AuditAction::Discarded, Some(reason)).await
}

/// Refuses inputs, each bad one by its name.
pub(super) fn check_inputs(template: &Template, inputs: &Values, issued_on: Option<NaiveDate>) -> Result<()> {
    let faults = template.faults(inputs, issued_on);
    if faults.is_empty() {
        return Ok(());
    }
    let errors = faults.into_iter().map(|fault| {
        let name = fault.name.replace('~', "~0").replace('/', "~1");
        FieldError::new(format!("/inputs/{name}"), fault.code, fault.detail)
    });
    Err(AppError::invalid(errors.collect()))
}

async fn check_about(tx: &WriteTx, inspection: Uuid, body: &DocumentBody) -> Result<()> {
    match (body.kind, body.about_id) {
        (DocumentKind::ServiceReceipt, Some(about)) => {
            let found = store::issued_of(tx.conn(), inspection, about).await?;
            if found.is_some_and(|found| found.kind.is_served()) {
                return Ok(());
            }
            let detail = text!(
                "该检查没有这份已制发、须送达的文书。",
                "The inspection has no such document that was issued to be served."
            );
            Err(AppError::invalid_field("/about_id", "NO_SUCH_RECORD", detail))
        }
        (DocumentKind::ServiceReceipt, None) => {
            let detail = text!("请写明所送达的文书。", "A receipt says what it is the receipt of.");
            Err(AppError::invalid_field("/about_id", "REQUIRED", detail))
        }
        (_, Some(_)) => {
            let detail = text!("只有送达回证写明所送达的文书。", "Only a receipt is about another document.");
            Err(AppError::invalid_field("/about_id", "NOT_ALLOWED", detail))
        }
        (_, None) => Ok(()),
    }
}
