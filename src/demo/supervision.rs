//! The justice bureau looks into how a department enforces: a notice waits for its answer. And what followed from an inspection.

use super::accounts::{acting, again};
use super::tasks::department_of;
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::tx::write;
use crate::service::inspections::case_referrals::{ReferBody, refer};
use crate::service::inspections::follow_ups;
use crate::service::inspections::follow_ups::FollowUpBody;
use crate::service::oversight::supervision_cases;
use crate::service::oversight::supervision_cases::{Act, PaperBody, SupervisionCaseBody};
use crate::service::records::archives::holds;
use crate::service::records::archives::holds::HoldBody;
use chrono::Days;
use domain::access::Reach;
use domain::oversight::supervision_cases::{SupervisionPaper, SupervisionSource};
use domain::records::holds::HoldSubject;
use uuid::Uuid;

pub async fn tell(app: &App) -> Result<String> {
    let justice = acting(app, "justice", Reach::All).await?;
    let body = SupervisionCaseBody {
        department_id: department_of(app, "51082105").await?,
        source: SupervisionSource::Own,
        title: "检查未出示行政执法证".to_owned(),
        facts: "执法监督检查发现，11 月的一次农资检查中两名执法人员未出示行政执法证（演示）。".to_owned(),
        subjects: Vec::new(),
    };
    let create = async |tx: &_| supervision_cases::create(app, tx, body.clone()).await;
    let case = write(&app.db, &again(&justice), async |tx| create(tx).await).await?.case;

    let requirements = "对照《行政执法监督条例》自查持证上岗和出示证件情况，书面报告整改结果。".to_owned();
    let notice = Act::Issue(SupervisionPaper::Notice, PaperBody { requirements, reply_days: None });
    for (version, act) in (case.version..).zip([Act::Investigate, notice]) {
        let step = async |tx: &_| supervision_cases::act(app, tx, case.id, version, act.clone()).await;
        write(&app.db, &again(&justice), async |tx| step(tx).await).await?;
    }

    Ok("行政执法监督案件 1 件，已发通知书待回复".to_owned())
}

/// What follows from an inspection that found something: a measure to be put right, and perhaps one that goes to the police.
pub async fn measures(app: &App, who: &Ctx, inspection: Uuid, refers: bool) -> Result<()> {
    let measure = |measure: &str, detail: &str| FollowUpBody {
        measure: measure.to_owned(),
        detail: Some(detail.to_owned()),
        due_on: None,
    };
    let mut bodies = vec![measure("3", "台账记录不全")];
    if refers {
        bodies.push(measure("4", "涉嫌销售超过保质期食品"));
    }
    let mut last = None;
    for body in bodies {
        let add = async |tx: &_| follow_ups::add(app, tx, inspection, body.clone()).await;
        last = Some(write(&app.db, &again(who), async |tx| add(tx).await).await?.row);
    }

    let Some(row) = last.filter(|_| refers) else { return Ok(()) };
    let body = ReferBody {
        department_id: None,
        receiver_name: Some("旺苍县公安局".to_owned()),
        facts: "货架上有超过保质期食品 12 件，货值 860 元（演示）。".to_owned(),
    };
    let refer = async |tx: &_| refer(app, tx, row.id, row.version, body.clone()).await;
    write(&app.db, &again(who), async |tx| refer(tx).await).await?;

    // What the police may ask for is not destroyed.
    let hold = HoldBody {
        subject: HoldSubject::Inspection,
        record_id: inspection,
        reason: "涉嫌犯罪已移送公安机关，案卷保全（演示）".to_owned(),
        basis: None,
        review_on: who.today() + Days::new(180),
    };
    let place = async |tx: &_| holds::place(app, tx, hold.clone()).await;
    write(&app.db, &again(who), async |tx| place(tx).await).await?;
    Ok(())
}
