//! 部门: made and changed by the platform's administrators.

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::kernel::input::nullable;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use domain::kernel::codes::uscc::Uscc;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::register::departments::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 新部门
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "code": "51082199", "name": "旺苍县示例局", "short_name": "示例局", "kind": "DEPARTMENT", "region_code": "510821"
})))]
pub struct DepartmentBody {
    #[schema(pattern = "^[0-9]{8,12}$")]
    pub code: String,
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub name: String,
    #[schema(min_length = 1, max_length = 60, pattern = "\\S")]
    pub short_name: String,
    #[schema(pattern = "^(GOVERNMENT_OFFICE|APPROVAL_BUREAU|MARKET_REGULATION|JUSTICE|DEPARTMENT|TOWNSHIP)$")]
    pub kind: String,
    #[schema(pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    #[serde(default)]
    pub uscc: Option<String>,
    #[schema(pattern = "^[0-9]{6}([0-9]{3})?$")]
    pub region_code: String,
    /// 监管部门 (national code, dictionary supervise-dept): what of the catalogue it should claim.
    #[schema(pattern = "^[0-9]{2}$")]
    #[serde(default)]
    pub duty_code: Option<String>,
    /// 机关代字, with which the numbers of its documents begin (旺市监); the short name where there is none.
    #[schema(min_length = 1, max_length = 20, pattern = "^[\\p{Han}]+$")]
    #[serde(default)]
    pub document_word: Option<String>,
    #[serde(default)]
    pub parent_id: Option<Uuid>,
}

/// 部门的修改
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"short_name": "示范局"})))]
pub struct DepartmentPatch {
    #[schema(min_length = 1, max_length = 200, pattern = "\\S", nullable = false)]
    #[serde(default)]
    pub name: Option<String>,
    #[schema(min_length = 1, max_length = 60, pattern = "\\S", nullable = false)]
    #[serde(default)]
    pub short_name: Option<String>,
    #[schema(value_type = Option<String>, pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    #[serde(default, deserialize_with = "nullable")]
    pub uscc: Option<Option<String>>,
    /// 监管部门 (national code): a new duty brings what is published for it.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{2}$")]
    #[serde(default, deserialize_with = "nullable")]
    pub duty_code: Option<Option<String>>,
    /// 机关代字: numbers that were given stay as they are.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20, pattern = "^[\\p{Han}]+$")]
    #[serde(default, deserialize_with = "nullable")]
    pub document_word: Option<Option<String>>,
}

pub async fn create(app: &App, tx: &WriteTx, new: DepartmentBody) -> Result<Change<Model>> {
    check_uscc(new.uscc.as_deref())?;
    if let Some(parent) = new.parent_id {
        departments::get(tx.conn(), parent).await.map_err(|error| error.or_no_such("/parent_id"))?;
    }
    if new.kind == "JUSTICE" && departments::of_kind(tx.conn(), "JUSTICE").await?.is_some() {
        let detail = text!("司法行政部门只能有一个。", "There can be one justice bureau only.");
        return Err(AppError::new(Code::Duplicate, detail));
    }
    check_word(tx, None, new.document_word.as_deref()).await?;
    let now = tx.ctx().now;
    let model = Model {
        id: new_id(),
        code: new.code,
        name: new.name,
        short_name: new.short_name,
        kind: new.kind,
        uscc: new.uscc,
        region_code: new.region_code,
        duty_code: new.duty_code,
        document_word: new.document_word,
        parent_id: new.parent_id,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = insert(tx, model).await?;
    let event = Event::new(AuditAction::Created, "departments", saved.id).department(saved.id).after(&saved);
    let events = take_over(app, tx, None, &saved).await?;

    Ok(Change::new(saved, event).and_all(events))
}

pub async fn update(app: &App, tx: &WriteTx, id: Uuid, version: i32, change: DepartmentPatch) -> Result<Change<Model>> {
    let before = departments::get(tx.conn(), id).await?;
    check_version::<Entity>(&before, version)?;
    let mut after = before.clone();
    after.name = change.name.unwrap_or(after.name);
    after.short_name = change.short_name.unwrap_or(after.short_name);
    after.uscc = change.uscc.unwrap_or(after.uscc);
    after.duty_code = change.duty_code.unwrap_or(after.duty_code);
    after.document_word = change.document_word.unwrap_or(after.document_word);
    check_uscc(after.uscc.as_deref())?;
    check_word(tx, Some(id), after.document_word.as_deref()).await?;
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event = Event::new(AuditAction::Updated, "departments", id).department(id).before(&before).after(&saved);
    let events = take_over(app, tx, before.duty_code.as_ref(), &saved).await?;
    Ok(Change::new(saved, event).and_all(events))
}

/// A new duty brings the items that are published for it.
async fn take_over(app: &App, tx: &WriteTx, before: Option<&String>, after: &Model) -> Result<Vec<Event>> {
    match &after.duty_code {
        Some(duty) if before != Some(duty) => crate::service::intake::imports::hand_over(app, tx, after.id, duty).await,
        Some(_) | None => Ok(Vec::new()),
    }
}

fn check_uscc(uscc: Option<&str>) -> Result<()> {
    match uscc.map(Uscc::parse) {
        Some(Err(_)) => Err(AppError::invalid_field(
            "/uscc",
            "USCC",
            text!("统一社会信用代码校验位不符。", "The check character of the USCC does not fit."),
        )),
        Some(Ok(_)) | None => Ok(()),
    }
}

/// Two bodies with one word would have two documents of one number.
async fn check_word(tx: &WriteTx, own: Option<Uuid>, word: Option<&str>) -> Result<()> {
    let Some(word) = word else { return Ok(()) };
    let others = departments::with_word(tx.conn(), word).await?;
    let Some(other) = others.into_iter().find(|other| Some(other.id) != own) else { return Ok(()) };
    let name = other.name;
    let detail = text!("机关代字“{word}”已由{name}使用。", "{name} has the word {word}.");
    Err(AppError::invalid_field("/document_word", "DUPLICATE", detail))
}

/// A department that there is, and another than the one that has the matter.
pub async fn check_other(tx: &WriteTx, held_by: Option<Uuid>, department: Uuid) -> Result<()> {
    departments::get(tx.conn(), department).await.map_err(|error| error.or_no_such("/department_id"))?;
    if held_by != Some(department) {
        return Ok(());
    }

    let detail = text!("已由此部门承办，请选择其他部门。", "This department has it already; choose another.");
    Err(AppError::invalid_field("/department_id", "SAME_DEPARTMENT", detail))
}
