//! Drafts: local items, and the content of what is not yet with the reviewer.

use super::{Item, ItemBody, blank, follow_up, with_part};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::items::catalogue;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::service::kernel::versions::History;
use domain::access::Decide;
use domain::items::items::{ItemAction, ItemFacts, ItemOrigin, ItemState};
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::ACCREDITED_CODE;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::items::items::{Entity, Model};
use uuid::Uuid;

/// 新增: an item that the catalogue above does not have.
pub async fn create(app: &App, tx: &WriteTx, body: ItemBody) -> Result<Change<Item>> {
    let department = body.department_id.unwrap_or(tx.ctx().actor.department_id);
    tx.ctx().check_own(department, "/department_id")?;
    departments::get(tx.conn(), department).await.map_err(|error| error.or_no_such("/department_id"))?;
    let content = body.content.content()?;
    let missing = |pointer: &str, zh: &str, en: &str| {
        AppError::invalid_field(pointer, "REQUIRED", text!("{zh}", "{en}", zh = zh, en = en))
    };
    let code = body.code.ok_or_else(|| missing("/code", "本级新增事项须有编码。", "A local item needs a code."))?;
    crate::service::items::legal_clauses::check_known(tx.conn(), &content.citations(), "/content").await?;
    if !catalogue::by_code(tx.conn(), vec![code.clone()]).await?.is_empty() {
        let detail = text!("上级目录已有该编码，请认领而不是新增。", "The catalogue has this code: claim it instead.");
        return Err(AppError::invalid_field("/code", Code::Duplicate.code(), detail));
    }
    let name = content.name.clone();
    let name = name.ok_or_else(|| missing("/content/name", "请填写事项名称。", "The item needs a name."))?;
    let model = Model {
        name,
        administrative_type: content.administrative_type.clone().unwrap_or_default(),
        ..blank(tx, department, code, ItemOrigin::Local, ItemState::LocalDraft)
    };
    let saved = insert(tx, model).await?;
    let version = History::<Entity>::load(tx, saved.id).await?.draft(tx, &content, content.citations()).await?;
    let events = follow_up(app, tx, &saved, tx.ctx().today()).await?;
    let event = Event::of::<Entity>(AuditAction::Created, &saved)
        .after(&serde_json::json!({ "item": saved, "content": version.content }));

    Ok(Change::new(with_part(tx.conn(), saved).await?, event).and_all(events))
}

/// 完善: replaces the content of the draft.
pub async fn update(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: ItemBody) -> Result<Change<Item>> {
    let mut item = tx.edit::<Entity>(id, version).await?;
    let content = body.content.content()?;

    item.state = ItemFacts::from(&*item).decide(&tx.ctx().actor, ItemAction::Update)?;
    crate::service::items::legal_clauses::check_known(tx.conn(), &content.citations(), "/content").await?;
    if let Some(code) = body.code.filter(|code| *code != item.code) {
        check_code_may_change(&item)?;
        item.code = code;
    }
    if body.department_id.is_some_and(|department| department != item.department_id) {
        let detail = text!("责任部门不能更改。", "The department cannot be changed.");
        return Err(AppError::invalid_field("/department_id", "IMMUTABLE", detail));
    }
    // What is in force keeps its name in the lists until the change is approved.
    if item.approved_version.is_none() {
        item.name = content.name.clone().unwrap_or_else(|| item.name.clone());
        let kind = content.administrative_type.clone();
        item.administrative_type = kind.unwrap_or_else(|| item.administrative_type.clone());
    }

    let history = History::<Entity>::load(tx, id).await?;
    let old = history.open().map(|open| open.content.clone());
    let before = item.before().clone();
    let saved = item.write().await?;
    let draft = history.rewrite(tx, &content, content.citations()).await?;
    let events = follow_up(app, tx, &saved, tx.ctx().today()).await?;
    let event = Event::of::<Entity>(AuditAction::Updated, &saved)
        .before(&serde_json::json!({ "item": before, "content": old }))
        .after(&serde_json::json!({ "item": saved, "content": draft.content }));
    Ok(Change::new(with_part(tx.conn(), saved).await?, event).and_all(events))
}

fn check_code_may_change(item: &Model) -> Result<()> {
    if item.origin == ItemOrigin::Local && item.approved_version.is_none() {
        return Ok(());
    }
    Err(Refusal::new(
        Code::CodeImmutable,
        text!(
            "事项编码由上级目录确定或已经批准，不得更改。",
            "The code comes from the catalogue or was approved; it cannot be changed."
        ),
    )
    .under(ACCREDITED_CODE)
    .into())
}
