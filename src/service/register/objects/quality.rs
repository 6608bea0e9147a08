//! What is doubtful about an object, and one that takes another over since both are one.

use super::facts_of;
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, lock_rows, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects as store;
use domain::intake::imports::Finding;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::register::objects::{RegistrationStatus, spellings};
use domain::register::quality::{ObjectFacts, check, check_take_over, may_be_one, possible_duplicate};
use entity::register::objects::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// Namesakes that are looked at, at most.
const NAMESAKES: u64 = 100;
/// Duplicates that are named, at most.
const NAMED: usize = 10;

/// 并入重复登记的对象
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"object_id": "0198f2a0-0000-7000-8000-000000000001", "reason": "与登记机关核对，为同一主体换发前的登记"})))]
pub struct TakeOverBody {
    /// 被并入的对象
    pub object_id: Uuid,
    /// 依据
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// A finding, and the other object where it is about two.
pub struct ObjectFinding {
    pub finding: Finding,
    pub other_id: Option<Uuid>,
}

/// What is doubtful about an object as it stands now: a statement for the object, one for its namesakes.
pub async fn findings(app: &App, ctx: &Ctx, id: Uuid) -> Result<Vec<ObjectFinding>> {
    let object = store::get(&app.db, ctx, id).await?;
    let facts = facts_of(&object);
    let own = check(&facts, &app.settings.county.code);
    let mut found: Vec<_> = own.into_iter().map(|finding| ObjectFinding { finding, other_id: None }).collect();

    if object.registration_status == RegistrationStatus::Active {
        let others = store::namesakes(&app.db, &object, spellings(&object.name).into(), NAMESAKES).await?;
        let others = others.iter().map(facts_of).filter(|other| may_be_one(&facts, other)).take(NAMED);
        found.extend(others.map(|other: ObjectFacts<'_>| ObjectFinding {
            finding: possible_duplicate(&other),
            other_id: Some(other.id),
        }));
    }
    Ok(found)
}

/// The other keeps its records and is not drawn any more; what is said of it from now on is said of this one, which has both
/// numbers.
pub async fn take_over(tx: &WriteTx, id: Uuid, version: i32, body: TakeOverBody) -> Result<Change<Model>> {
    lock_rows::<Entity>(tx.conn(), [id, body.object_id]).await?;
    let before = store::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let other = store::get(tx.conn(), tx.ctx(), body.object_id).await;
    let other = other.map_err(|error: AppError| error.or_no_such("/object_id"))?;
    check_not_taken_over(&before)?;
    check_not_taken_over(&other)?;
    check_take_over(&facts_of(&before), &facts_of(&other))?;

    let mut after = before.clone();
    after.registration_no = before.registration_no.clone().or_else(|| other.registration_no.clone());
    let saved = replace::<Entity>(tx, &before, after).await?;
    let said = |before: &Model, after: &Model| {
        Event::of::<Entity>(AuditAction::TakenOver, after).reason(body.reason.clone()).before(before).after(after)
    };
    let mut events = vec![said(&before, &saved)];
    // Those that it had taken over itself follow it.
    for gone in store::taken_over_by(tx.conn(), other.id).await?.into_iter().chain([other]) {
        let after =
            Model { successor_id: Some(id), registration_status: RegistrationStatus::TakenOver, ..gone.clone() };
        let after = replace::<Entity>(tx, &gone, after).await?;
        events.push(said(&gone, &after));
    }
    Ok(Change::unmade(saved).and_all(events))
}

/// One that was taken over is changed by nobody any more.
pub(super) fn check_not_taken_over(object: &Model) -> Result<()> {
    let Some(successor) = object.successor_id else { return Ok(()) };
    let name = &object.name;
    let detail = text!(
        "“{name}”已并入 {successor}，请在该对象上办理。",
        "{name} was taken over by {successor}: it is done there."
    );
    Err(Refusal::new(Code::StateConflict, detail).into())
}
