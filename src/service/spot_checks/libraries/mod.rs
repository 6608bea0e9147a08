//! 名录库: what draws are made from, looked up every day and again where a pool is frozen; each change is an edition.

mod bodies;
mod drawn;
mod members;

pub use bodies::LibraryBody;
pub use drawn::{Within, check_named, check_ready, for_draw, now};
pub use members::refresh_all;

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::libraries as store;
use crate::persistence::spot_checks::libraries::Draft;
use domain::access::Decide;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::libraries::{EditionCause, LibraryAction, LibraryFacts, LibraryProblem, LibraryStatus};
use entity::spot_checks::libraries::{Column, Entity, Model};
use members::{keep, look_up};
use uuid::Uuid;

/// A library, as far as deciding about it needs; `drafts`: tasks that are to be drawn from it.
pub fn decision_facts(library: &Model, drafts: Vec<Draft>) -> LibraryFacts {
    let committed = drafts.iter().filter(|draft| draft.committed).map(|draft| draft.code.clone()).collect();
    LibraryFacts {
        status: library.status,
        department_id: library.department_id,
        waiting: drafts.into_iter().map(|draft| draft.code).collect(),
        committed,
    }
}

pub async fn create(app: &App, tx: &WriteTx, body: LibraryBody) -> Result<Change<Model>> {
    let ctx = tx.ctx();
    let department = body.department_id.unwrap_or(ctx.actor.department_id);
    ctx.check_own(department, "/department_id")?;
    departments::get(tx.conn(), department).await.map_err(|error| error.or_no_such("/department_id"))?;
    body.check_items(tx).await?;
    check_count(app, tx, department).await?;
    let prefix = format!("{}ML", app.settings.county.code);
    let mut library = Model {
        id: new_id(),
        code: serials::next::<Entity>(tx, Column::Code, &prefix, 4).await?,
        name: body.name,
        kind: body.kind,
        department_id: department,
        pool_filter: body.pool_filter.unwrap_or_default().into(),
        tag_rules: body.tag_rules.into(),
        officer_filter: body.officer_filter.unwrap_or_default().into(),
        status: LibraryStatus::Active,
        edition: 0,
        members: 0,
        problem: None,
        refreshed_on: ctx.today(),
        retired_reason: None,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };

    let turned = look_up(app, tx, &mut library, EditionCause::Made).await?;
    check_usable(app, &library)?;
    let library = insert(tx, library).await?;
    keep(tx, turned).await?;
    let event = Event::created::<Entity>(&library);
    Ok(Change::new(library, event))
}

pub async fn update(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: LibraryBody) -> Result<Change<Model>> {
    let mut library = tx.edit::<Entity>(id, version).await?;

    let drafts = store::drafts_of(tx.conn(), id).await?;
    library.status = decision_facts(&library, drafts).decide(&tx.ctx().actor, LibraryAction::Update)?;
    let moved = body.department_id.is_some_and(|department| department != library.department_id);
    if moved || body.kind != library.kind {
        let pointer = if moved { "/department_id" } else { "/kind" };
        let detail = text!(
            "名录库的类别和所属部门不能更改，请另建。",
            "The kind and the department of a library cannot be changed; make another."
        );
        return Err(AppError::invalid_field(pointer, "IMMUTABLE", detail));
    }
    body.check_items(tx).await?;
    library.name = body.name;
    library.pool_filter = body.pool_filter.unwrap_or_default().into();
    library.tag_rules = body.tag_rules.into();
    library.officer_filter = body.officer_filter.unwrap_or_default().into();
    let same = (&library.pool_filter, &library.tag_rules, &library.officer_filter)
        == (&library.before().pool_filter, &library.before().tag_rules, &library.before().officer_filter);
    let cause = if same { EditionCause::Register } else { EditionCause::Filter };
    let turned = look_up(app, tx, &mut library, cause).await?;
    check_usable(app, &library)?;
    keep(tx, turned).await?;

    library.save(AuditAction::Updated, None).await
}

/// Refreshes, retires or restores.
pub async fn act(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: LibraryAction,
    reason: Option<String>,
) -> Result<Change<Model>> {
    let mut library = tx.edit::<Entity>(id, version).await?;
    let drafts = store::drafts_of(tx.conn(), id).await?;

    library.status = decision_facts(&library, drafts).decide(&tx.ctx().actor, action)?;
    let audit = match action {
        LibraryAction::Update => AuditAction::Updated,
        LibraryAction::Refresh => AuditAction::Refreshed,
        LibraryAction::Retire => {
            library.problem = None;
            AuditAction::Disabled
        }
        LibraryAction::Restore => {
            check_count(app, tx, library.department_id).await?;
            AuditAction::Activated
        }
    };
    library.retired_reason.clone_from(&reason);
    if library.status == LibraryStatus::Active {
        let turned = look_up(app, tx, &mut library, EditionCause::Register).await?;
        keep(tx, turned).await?;
    }

    library.save(audit, reason).await
}

/// Each library in use is looked up every day.
async fn check_count(app: &App, tx: &WriteTx, department: Uuid) -> Result<()> {
    let maximum = app.settings.rules.libraries_a_department;
    if store::count_of(tx.conn(), department).await? < u64::from(maximum) {
        return Ok(());
    }
    let detail = text!(
        "一个部门最多使用 {maximum} 个名录库，请先停用不用的。",
        "A department has {maximum} libraries in use at most; retire those that are not used."
    );
    Err(Refusal::new(Code::StateConflict, detail).into())
}

/// A library is not made, nor changed into one, from which nothing could be drawn; an empty one may fill.
fn check_usable(app: &App, library: &Model) -> Result<()> {
    let maximum = app.settings.rules.maximum_pool;
    match library.problem {
        None | Some(LibraryProblem::Empty) => Ok(()),
        Some(LibraryProblem::TooLarge) => {
            let detail = text!(
                "名录库超过 {maximum} 户，请缩小筛选范围。",
                "The library would have more than {maximum} members; narrow the filter."
            );
            Err(Refusal::new(Code::PoolTooLarge, detail).into())
        }
        Some(LibraryProblem::ItemNotInForce) => {
            let detail = text!(
                "所列抽查事项中有未生效、未公布的，不能确定所需专业资格。",
                "One of the items is not effective and published, so nothing says which qualifications it asks for."
            );
            Err(AppError::invalid_field("/officer_filter/spot_check_item_ids", "NOT_IN_FORCE", detail))
        }
    }
}
