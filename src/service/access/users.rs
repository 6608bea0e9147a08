//! 账户: made by the system administrator, brought to life by the security administrator; the first on the command line.

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::{sessions, users};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::personnel;
use crate::persistence::register::departments;
use crate::service::access::delegations;
use chrono::{DateTime, Duration, Utc};
use domain::access::users::{IdentityState, UserAction, UserStatus, apply};
use domain::access::{CONSENT_HOURS, Role, check_consent, check_consenter};
use domain::kernel::stored::Stored;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::access::users::{Entity, Model};
use uuid::Uuid;

/// What an account is for.
#[derive(Clone)]
pub struct Binding {
    pub role: Role,
    pub department_id: Uuid,
    pub region_code: Option<String>,
    pub personnel_id: Option<Uuid>,
}

#[derive(Clone)]
pub struct NewUser {
    pub username: String,
    pub display_name: String,
    pub binding: Binding,
    /// Already hashed.
    pub password_hash: String,
    /// From when on the password has to be changed.
    pub password_expires_at: Option<DateTime<Utc>>,
    /// Waiting for the security administrator, except for the first accounts and the demo's.
    pub status: UserStatus,
}

/// The end of the days of a password set now.
pub fn password_end(app: &App, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    app.settings.security.policy().maximum_age_days.map(|days| now + Duration::days(i64::from(days)))
}

async fn check_binding(tx: &WriteTx, binding: &Binding) -> Result<()> {
    if !binding.role.is_for_people() {
        let detail = text!("该角色不属于人员账户。", "This role is not for people's accounts.");
        return Err(AppError::invalid_field("/role", "ROLE_NOT_FOR_PEOPLE", detail));
    }
    departments::get(tx.conn(), binding.department_id).await.map_err(|error| error.or_no_such("/department_id"))?;
    if let Some(officer) = binding.personnel_id
        && personnel::by_ids(tx.conn(), vec![officer]).await?.is_empty()
    {
        return Err(AppError::no_such("/personnel_id"));
    }
    Ok(())
}

pub async fn create(tx: &WriteTx, new: NewUser) -> Result<Change<Model>> {
    check_binding(tx, &new.binding).await?;
    let now = tx.ctx().now;
    let model = Model {
        role: Some(new.binding.role),
        department_id: Some(new.binding.department_id),
        region_code: new.binding.region_code,
        personnel_id: new.binding.personnel_id,
        password_hash: Some(new.password_hash),
        password_expires_at: new.password_expires_at,
        status: new.status,
        ..blank(now, new.username, new.display_name)
    };
    let saved = insert(tx, model).await?;
    let event = about(AuditAction::Created, &saved).after(&saved);

    Ok(Change::new(saved, event))
}

/// An account that may do nothing yet.
pub fn blank(now: DateTime<Utc>, username: String, display_name: String) -> Model {
    Model {
        id: new_id(),
        username,
        display_name,
        role: None,
        department_id: None,
        region_code: None,
        personnel_id: None,
        status: UserStatus::Pending,
        password_hash: None,
        password_history: Stored::default(),
        password_expires_at: None,
        reset_digest: None,
        reset_expires_at: None,
        reset_requested_at: None,
        totp_secret: None,
        totp_confirmed_at: None,
        totp_last_step: None,
        external_issuer: None,
        external_subject: None,
        identity_state: IdentityState::Unverified,
        identity_name: None,
        id_number: None,
        id_number_masked: None,
        id_number_digest: None,
        identity_certificate_no: None,
        identity_mismatches: Stored::default(),
        identity_evidence: None,
        identity_attempts: 0,
        failed_attempts: 0,
        locked_until: None,
        last_login_at: None,
        consent_by: None,
        consent_until: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Gives the account a department and a role; it waits to be authorized again.
pub async fn bind(tx: &WriteTx, id: Uuid, version: i32, binding: Binding) -> Result<Change<Model>> {
    check_binding(tx, &binding).await?;
    let mut after = users::get(tx.conn(), id).await?;
    after.role = Some(binding.role);
    after.department_id = Some(binding.department_id);
    after.region_code = binding.region_code;
    if after.personnel_id != binding.personnel_id {
        // Another officer is another person to be verified.
        after.identity_state = IdentityState::Unverified;
        after.personnel_id = binding.personnel_id;
    }
    // Who agreed, agreed to the role that it had.
    (after.consent_by, after.consent_until) = (None, None);
    transit(tx, version, after, UserAction::Bind).await
}

/// Authorizes or disables; what is not active has no sessions.
pub async fn set_status(tx: &WriteTx, id: Uuid, version: i32, action: UserAction) -> Result<Change<Model>> {
    let user = users::get(tx.conn(), id).await?;
    if action == UserAction::Activate && (user.role.is_none() || user.department_id.is_none()) {
        let detail = text!("请先绑定部门和角色。", "Bind it to a department and a role first.");
        return Err(AppError::invalid_field("/role", "NOT_BOUND", detail));
    }
    let after = if action == UserAction::Activate { with_consent(tx, user)? } else { user };
    transit(tx, version, after, action).await
}

/// 复核: somebody of another duty agrees that a privileged account be reset or authorized, once, within a day.
pub async fn consent(tx: &WriteTx, id: Uuid) -> Result<Change<Model>> {
    users::lock(tx.conn(), id).await?;
    let before = users::get(tx.conn(), id).await?;
    check_consenter(&tx.ctx().actor, id, before.role)?;
    let until = tx.ctx().now + Duration::hours(CONSENT_HOURS);
    let after = Model { consent_by: Some(tx.ctx().actor.id), consent_until: Some(until), ..before.clone() };
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event = about(AuditAction::Consented, &saved).before(&before).after(&saved);

    Ok(Change::new(saved, event))
}

/// The account with the consent used up that this step needs, if it needs one.
pub fn with_consent(tx: &WriteTx, user: Model) -> Result<Model> {
    let given = user.consent_by.zip(user.consent_until).filter(|(_, until)| *until > tx.ctx().now);
    check_consent(tx.ctx().actor.id, user.role, given.map(|(by, _)| by))?;
    Ok(Model { consent_by: None, consent_until: None, ..user })
}

async fn transit(tx: &WriteTx, version: i32, mut after: Model, action: UserAction) -> Result<Change<Model>> {
    let before = users::get(tx.conn(), after.id).await?;
    check_version::<Entity>(&before, version)?;
    let status = apply(before.status, action)?;
    after.status = status;
    let saved = replace::<Entity>(tx, &before, after).await?;
    let mut ended = Vec::new();
    if status != UserStatus::Active {
        sessions::revoke_all(tx.conn(), saved.id, tx.ctx().now).await?;
        ended = delegations::end_all(tx, saved.id).await?;
    }
    let action = match action {
        UserAction::Bind => AuditAction::Bound,
        UserAction::Activate => AuditAction::Activated,
        UserAction::Disable => AuditAction::Disabled,
    };
    let event = about(action, &saved).before(&before).after(&saved);

    Ok(Change::new(saved, event).and_all(ended))
}

/// An audit line about an account.
pub fn about(action: AuditAction, user: &Model) -> Event {
    Event::new(action, "users", user.id).department(user.department_id)
}
