//! 部门: made and changed by the platform's administrators.

use crate::ctx::new_id;
use crate::domain::audit::AuditAction;
use crate::domain::codes::uscc::Uscc;
use crate::domain::text::text;
use crate::error::{AppError, Result};
use crate::persistence::departments;
use crate::persistence::errors::AppResult;
use crate::persistence::noun::{check_version, replace};
use crate::persistence::tx::{Change, Event, WriteTx};
use entity::departments::{Entity, Model};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use uuid::Uuid;

pub struct NewDepartment {
    pub code: String,
    pub name: String,
    pub short_name: String,
    pub kind: String,
    pub uscc: Option<String>,
    pub region_code: String,
    pub parent_id: Option<Uuid>,
}

/// What is to change; the outer `None` keeps.
pub struct DepartmentChange {
    pub name: Option<String>,
    pub short_name: Option<String>,
    pub uscc: Option<Option<String>>,
}

pub async fn create(tx: &WriteTx, new: NewDepartment) -> Result<Change<Model>> {
    check_uscc(new.uscc.as_deref())?;
    if let Some(parent) = new.parent_id {
        departments::get(tx.conn(), parent).await.map_err(|_| AppError::no_such("/parent_id"))?;
    }
    let now = tx.ctx().now;
    let model = Model {
        id: new_id(),
        code: new.code,
        name: new.name,
        short_name: new.short_name,
        kind: new.kind,
        uscc: new.uscc,
        region_code: new.region_code,
        parent_id: new.parent_id,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = model.into_active_model().reset_all().insert(tx.conn()).await.or_app()?;
    let event = Event::new(AuditAction::Created, "departments", saved.id).department(saved.id).after(&saved);
    Ok(Change::new(saved, event))
}

pub async fn update(tx: &WriteTx, id: Uuid, version: i32, change: DepartmentChange) -> Result<Change<Model>> {
    let before = departments::get(tx.conn(), id).await?;
    check_version::<Entity>(&before, version)?;
    let mut after = before.clone();
    after.name = change.name.unwrap_or(after.name);
    after.short_name = change.short_name.unwrap_or(after.short_name);
    after.uscc = change.uscc.unwrap_or(after.uscc);
    check_uscc(after.uscc.as_deref())?;
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event = Event::new(AuditAction::Updated, "departments", id).department(id).before(&before).after(&saved);
    Ok(Change::new(saved, event))
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
