//! 账户: made by the platform's administrators, the first one on the command line.

use crate::ctx::new_id;
use crate::domain::access::Role;
use crate::domain::audit::AuditAction;
use crate::domain::users::{UserAction, UserStatus, apply};
use crate::error::Result;
use crate::persistence::noun::{check_version, insert, replace};
use crate::persistence::tx::{Change, Event, WriteTx};
use crate::persistence::{departments, users};
use entity::users::{Entity, Model};
use uuid::Uuid;

#[derive(Clone)]
pub struct NewUser {
    pub username: String,
    pub display_name: String,
    pub role: Role,
    pub department_id: Uuid,
    pub region_code: Option<String>,
    pub personnel_id: Option<Uuid>,
    /// Already hashed.
    pub password_hash: String,
}

pub async fn create(tx: &WriteTx, new: NewUser) -> Result<Change<Model>> {
    departments::get(tx.conn(), new.department_id).await.map_err(|error| error.or_no_such("/department_id"))?;
    let now = tx.ctx().now;
    let model = Model {
        id: new_id(),
        username: new.username,
        display_name: new.display_name,
        role: new.role.code().to_owned(),
        department_id: new.department_id,
        region_code: new.region_code,
        personnel_id: new.personnel_id,
        password_hash: new.password_hash,
        status: UserStatus::Active.code().to_owned(),
        failed_attempts: 0,
        locked_until: None,
        last_login_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = insert(tx, model).await?;
    let event = Event::new(AuditAction::Created, "users", saved.id).department(saved.department_id).after(&saved);
    Ok(Change::new(saved, event))
}

/// Activates or disables; a disabled account's log-ins end at once.
pub async fn set_status(tx: &WriteTx, id: Uuid, version: i32, action: UserAction) -> Result<Change<Model>> {
    let before = users::get(tx.conn(), id).await?;
    check_version::<Entity>(&before, version)?;
    let status = apply(UserStatus::of(&before.status)?, action)?;
    let mut after = before.clone();
    status.code().clone_into(&mut after.status);
    let saved = replace::<Entity>(tx, &before, after).await?;
    let action = match action {
        UserAction::Activate => AuditAction::Activated,
        UserAction::Disable => {
            users::revoke_all(tx.conn(), id, tx.ctx().now).await?;
            AuditAction::Disabled
        }
    };
    let event = Event::new(action, "users", id).department(saved.department_id).before(&before).after(&saved);
    Ok(Change::new(saved, event))
}
