//! Two tasks from above: one that waits to be signed, one that a department works on.

use super::accounts::{acting, again};
use super::tasks::department_of;
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::tx::write;
use crate::service::inspections::issued_tasks;
use crate::service::inspections::issued_tasks::{
    Act, IssuePartBody, IssueToPartsBody, IssuedObjectBody, IssuedTaskBody,
};
use chrono::Days;
use domain::access::Reach;
use domain::inspections::issued_tasks::IssueLevel;

pub async fn tell(app: &App) -> Result<String> {
    let coordinator = acting(app, "coordinator", Reach::All).await?;
    let waits = body("DEMO-GJ-0001", "道路危险货物运输企业联合监管", IssueLevel::National, "交通运输部");
    let waits = async |tx: &_| issued_tasks::receive(app, tx, waits.clone()).await;
    write(&app.db, &again(&coordinator), async |tx| waits(tx).await).await?;

    let given = body("DEMO-SC-0007", "集中用餐单位食品安全联合监管", IssueLevel::Provincial, "四川省市场监督管理局");
    let given = async |tx: &_| issued_tasks::receive(app, tx, given.clone()).await;
    let task = write(&app.db, &again(&coordinator), async |tx| given(tx).await).await?.task;
    let part = IssuePartBody { department_id: department_of(app, "51082103").await?, due_on: None };
    for (version, act) in (task.version..).zip([Act::Sign, Act::Issue(IssueToPartsBody { parts: vec![part] })]) {
        let step = async |tx: &_| issued_tasks::act(app, tx, task.id, version, act.clone()).await;
        write(&app.db, &again(&coordinator), async |tx| step(tx).await).await?;
    }

    Ok("上级下发任务 2 项：1 项待签收，1 项已下发部门".to_owned())
}

fn body(code: &str, name: &str, level: IssueLevel, issuer: &str) -> IssuedTaskBody {
    let today = crate::kernel::ctx::Ctx::system("demo").today();
    IssuedTaskBody {
        code: code.to_owned(),
        name: name.to_owned(),
        level,
        issuer: issuer.to_owned(),
        matter_code: None,
        content: "核查资质、人员和记录，逐户反馈检查情况".to_owned(),
        requirements: None,
        department_id: None,
        received_on: None,
        due_on: today.checked_add_days(Days::new(45)).unwrap_or(today),
        objects: vec![IssuedObjectBody { name: "旺苍县某用餐单位".to_owned(), uscc: None }],
    }
}
