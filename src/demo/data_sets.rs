//! The catalogue of what is gathered: most plans are in force, some are on their way.

use super::accounts::{acting, again};
use super::tasks::department_of;
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::intake::data_sets as store;
use crate::persistence::kernel::tx::write;
use crate::service::intake::data_sets;
use crate::service::intake::data_sets::DataSetBody;
use domain::access::Reach;
use domain::intake::data_sets::DataSetContent as Content;
use domain::intake::data_sets::{DataGrade, DataSetAction, ShareClass};
use entity::intake::data_sets::Model;

/// What it is made of, whose it is, who answers for it, and how many steps it has taken: submitted, approved, signed.
const SETS: [(Content, &str, &str, usize); 11] = [
    (Content::Items, "51082102", "platform.business", 3),
    (Content::ImplementationLists, "51082102", "platform.business", 3),
    (Content::Objects, "51082103", "market.lead", 3),
    (Content::Officers, "51082104", "justice", 3),
    (Content::Checks, "51082103", "market.admin", 3),
    (Content::Penalties, "51082103", "market.admin", 3),
    (Content::Complaints, "51082101", "coordinator", 3),
    (Content::Credit, "51082103", "market.lead", 3),
    (Content::Clues, "51082101", "coordinator", 2),
    (Content::Plans, "51082103", "market.lead", 1),
    (Content::Results, "51082103", "market.lead", 0),
];

pub async fn tell(app: &App) -> Result<String> {
    let sets = store::all(&app.db).await?;
    for (content, code, duty, steps) in SETS {
        let set = sets.iter().find(|set| set.content == content);
        let set = set.ok_or_else(|| AppError::internal(format!("no data set {}", content.code())))?;
        walk(app, set, (code, duty), steps).await?;
    }
    let signed = SETS.iter().filter(|(.., steps)| *steps == 3).count();
    Ok(format!("数据集 {} 个，其中 {signed} 个汇集方案已生效", sets.len()))
}

async fn walk(app: &App, set: &Model, (code, duty): (&str, &str), steps: usize) -> Result<()> {
    let platform = acting(app, "platform.business", Reach::All).await?;
    let office = acting(app, "coordinator", Reach::All).await?;
    let person = acting(app, duty, Reach::Assigned).await?;
    let body = DataSetBody {
        department_id: department_of(app, code).await?,
        source_system: "部门业务系统（演示）".to_owned(),
        cadence: set.cadence,
        grade: DataGrade::General,
        share: ShareClass::Unconditional,
        share_basis: None,
        duty_user_id: person.actor.id,
        plan: format!("范围：{}全量；方式：接口推送或文件导入；质量：准确率不低于 99%（演示）。", set.name),
    };

    let described = async |tx: &_| data_sets::update(app, tx, set.id, set.version, body.clone()).await;
    let mut now = write(&app.db, &again(&platform), async |tx| described(tx).await).await?.row;
    let way: [(&Ctx, DataSetAction); 3] =
        [(&platform, DataSetAction::Submit), (&office, DataSetAction::Approve), (&person, DataSetAction::Sign)];
    for (who, action) in way.into_iter().take(steps) {
        let at = (now.id, now.version);
        let step = async |tx: &_| data_sets::act(app, tx, at, action, None).await;
        now = write(&app.db, &again(who), async |tx| step(tx).await).await?.row;
    }
    Ok(())
}
