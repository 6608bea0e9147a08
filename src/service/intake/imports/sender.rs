//! Whose file it is: the sender as the audit trail names them, and what they may write today.

use crate::app::App;
use crate::kernel::ctx::{Actor, now};
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::{clients, delegations, users};
use crate::service::access::auth;
use domain::access::clients::ClientStatus;
use domain::access::users::UserStatus;
use domain::access::{Permission, Reach, import_permission};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use entity::intake::imports;
use uuid::Uuid;

/// What the sender of a file may write.
pub(super) struct Bounds {
    /// The sender as who acts, and how far; none where it is the command line.
    pub sender: Option<(Actor, Reach)>,
    pub departments: Option<Vec<Uuid>>,
    pub region: Option<String>,
    pub may_issue: bool,
}

/// A sender of a department may write its own records and those below, a partner those of its region too; the county's
/// people, and the command line, all. What was taken away since the file came is not there any more.
pub(super) async fn bounds(app: &App, import: &imports::Model) -> Result<Bounds> {
    if import.created_by.is_nil() {
        return Ok(Bounds { sender: None, departments: None, region: None, may_issue: true });
    }
    let needed = import_permission(import.dataset);
    let actor = match clients::find(&app.db, import.created_by).await? {
        Some(client) if client.status == ClientStatus::Active => {
            let granted = client.scopes.0.clone();
            Some(auth::partner(app, client, &granted).await?)
        }
        Some(_) => None,
        None => {
            let principal = import.on_behalf_of.unwrap_or(import.created_by);
            let user = users::find(&app.db, principal).await?;
            match user.filter(|user| user.status == UserStatus::Active) {
                Some(user) => Some(as_sent(app, import, auth::actor(app, &user).await?.as_ref().clone()).await?),
                None => None,
            }
        }
    };
    let reach = actor.as_ref().and_then(|actor| actor.reach(needed));
    let (Some(actor), Some(reach)) = (actor, reach) else {
        let detail = text!("导入人已无此项权限。", "The sender does not hold the permission any more.");
        return Err(AppError::new(Code::Forbidden, detail));
    };
    let bounded = reach != Reach::All;

    Ok(Bounds {
        region: actor.region_code.clone().filter(|_| bounded),
        may_issue: actor.reach(Permission::CertificatesApprove).is_some(),
        departments: bounded.then(|| actor.departments.clone()),
        sender: Some((actor, reach)),
    })
}

/// The principal's grants under the name of the delegate who sent the file, as in the token it was sent with.
async fn as_sent(app: &App, import: &imports::Model, principal: Actor) -> Result<Actor> {
    if import.on_behalf_of.is_none() {
        return Ok(principal);
    }
    let delegate = users::find(&app.db, import.created_by).await?.ok_or_else(AppError::not_found)?;
    let delegates = delegations::delegates_of(&app.db, principal.id, now()).await?;
    if delegate.status != UserStatus::Active || !delegates.contains(&delegate.id) {
        let detail = text!("委托已终止，导入不再进行。", "The delegation has ended, so the import does not go on.");
        return Err(AppError::new(Code::Forbidden, detail));
    }

    Ok(Actor {
        id: delegate.id,
        username: delegate.username,
        display_name: delegate.display_name,
        acts_for: Some(principal.id),
        ..principal
    })
}
