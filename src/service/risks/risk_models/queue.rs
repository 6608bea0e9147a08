//! Runs are asked for by people, and by the server itself when objects have changed.

use super::bodies::RunBody;
use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::Result;
use crate::persistence::intake::jobs;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::risks::{risk_facts, risk_models as store};
use crate::service::intake::jobs::queue;
use domain::intake::jobs::JobKind;
use domain::kernel::stored::Stored;
use domain::oversight::audit::AuditAction;
use entity::intake::jobs::Model as Job;
use entity::risks::risk_runs::Model as Run;

/// Queues a run.
pub async fn queue_run(tx: &WriteTx, body: RunBody) -> Result<Change<(Run, Job)>> {
    let now = tx.ctx().now;
    let run = Run {
        id: new_id(),
        whole: body.whole,
        evaluated: 0,
        fired: 0,
        raised: 0,
        models: Stored::default(),
        finished_at: None,
        created_by: tx.ctx().actor.id,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let run = insert(tx, run).await?;
    let job = queue(tx, JobKind::RiskRun, "risk-runs", run.id).await?;
    let event = Event::new(AuditAction::Created, "risk-runs", run.id).after(&run);

    Ok(Change::new((run, job), event))
}

/// Queues a run if objects have changed and none is under way.
pub async fn run_if_changed(app: &App) -> Result<bool> {
    if risk_facts::count_changed(&app.db).await? == 0
        || store::running(&app.db).await?.is_empty()
        || jobs::is_pending(&app.db, JobKind::RiskRun).await?
    {
        return Ok(false);
    }
    write(&app.db, &Ctx::system("model-run"), async |tx| queue_run(tx, RunBody { whole: false }).await).await?;
    app.wake_jobs();
    Ok(true)
}
