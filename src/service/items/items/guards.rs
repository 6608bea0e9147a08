//! What stands in the way of taking an item out of use.

use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::items::items;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::kernel::versions;
use crate::persistence::spot_checks::tasks;
use domain::items::items::ItemState;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::NO_CANCELLING_IN_USE;
use domain::kernel::text::text;
use entity::items::items::{Entity, Model};
use uuid::Uuid;

/// 承接事项: another item of the same department, in force.
pub(super) async fn check_successor(tx: &WriteTx, item: &Model, successor: Option<Uuid>) -> Result<()> {
    let Some(id) = successor else { return Ok(()) };
    let found = items::get(tx.conn(), tx.ctx(), id).await.map_err(|error| error.or_no_such("/successor_id"))?;
    let today = tx.ctx().today();
    let in_force = versions::in_force::<Entity>(tx.conn(), &[id], today).await?.contains_key(&id);
    let state = found.state;
    let stays = matches!(state, ItemState::Effective | ItemState::ChangeDraft | ItemState::ChangeSubmitted);
    let sound = found.basis_lost_on.is_none_or(|on| on > today);
    if found.id != item.id && found.department_id == item.department_id && in_force && stays && sound {
        return Ok(());
    }
    let detail =
        text!("承接事项应为本部门另一项有效的事项。", "The successor must be another item in force of the department.");
    let field = FieldError::new("/successor_id", Code::SuccessorInvalid.code(), detail.clone());

    Err(AppError::from(Refusal::new(Code::SuccessorInvalid, detail)).with_errors(vec![field]))
}

/// No open task uses the item, itself or as the successor of others.
pub(in crate::service) async fn check_not_in_use(tx: &WriteTx, item: Uuid, successor: Option<Uuid>) -> Result<()> {
    if successor.is_some() {
        return Ok(());
    }
    let open = tasks::open_using(tx.conn(), item).await?;
    if open.is_empty() {
        return Ok(());
    }
    let names = open.iter().map(|task| format!("{} {}", task.code, task.name)).collect::<Vec<_>>().join("；");
    Err(Refusal::new(
        Code::ItemInUse,
        text!(
            "在办任务正在使用该事项：{names}。请先办结；取消事项的，也可指定承接事项。",
            "Open tasks use the item: {names}. Finish them first; a cancellation may also name a successor."
        ),
    )
    .under(NO_CANCELLING_IN_USE)
    .into())
}
