//! A month of checks that three departments' own systems sent: their quality differs.

use super::accounts::{acting, again};
use super::tasks::department_of;
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::items::items;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::tx::write;
use crate::service::intake::behaviours::{BehaviourBatchBody, BehaviourBody, receive_batch};
use chrono::{Days, NaiveDate};
use domain::access::Reach;
use domain::intake::behaviours::exchange::Operation;
use domain::intake::behaviours::{BehaviourSet, BehaviourStatus};
use entity::register::objects;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

/// Who sends, how many rows, and every which of them is wrong; nought: none is.
const SENDERS: [(&str, &str, usize, usize); 3] =
    [("market.admin", "51082103", 40, 20), ("agri.admin", "51082105", 30, 5), ("emergency.admin", "51082106", 20, 0)];

pub async fn tell(app: &App) -> Result<String> {
    let subjects = objects::Entity::find()
        .filter(objects::Column::UsccValid.eq(true))
        .order_by_asc(objects::Column::Id)
        .limit(40)
        .all(&app.db)
        .await
        .or_app()?;
    let (mut sent, mut wrong) = (0, 0);
    for (who, code, rows, every) in SENDERS {
        let ctx = acting(app, who, Reach::Department).await?;
        let department = department_of(app, code).await?;
        let item = items::claimed_of(&app.db, department).await?.into_iter().map(|item| item.code).next();
        let rows = (0..rows).zip(subjects.iter().cycle()).map(|(at, subject)| {
            let is_wrong = every > 0 && at % every == every - 1;
            row(app, &ctx, (code, at), item.as_deref(), subject, is_wrong)
        });
        let body = BehaviourBatchBody { rows: rows.collect() };
        let send = async |tx: &_| receive_batch(app, tx, body.clone()).await;
        let receipts = write(&app.db, &again(&ctx), async |tx| send(tx).await).await?;
        sent += receipts.len();
        let set_aside = |status| status == BehaviourStatus::Quarantined;
        wrong += receipts.iter().filter(|receipt| set_aside(receipt.behaviour.status)).count();
    }

    Ok(format!("监管行为 {sent} 行，其中 {wrong} 行有误待更正"))
}

fn row(
    app: &App,
    ctx: &Ctx,
    (code, at): (&str, usize),
    item: Option<&str>,
    subject: &objects::Model,
    is_wrong: bool,
) -> BehaviourBody {
    let days = u64::try_from(at % 28).unwrap_or_default() + 1;
    let day = ctx.today().checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN);
    let number = format!("DEMO-{code}-{at:03}");
    let content = json!({
        "supervise_item_implement_code": item.unwrap_or("无"),
        "supervise_item_check_icode": "91510821MAR05011841",
        "check_action_name": "日常监督检查（演示）",
        "check_action_code": number,
        "supervise_object": subject.name,
        "administrative_cp": subject.name,
        "administrative_cp_na": "02",
        "administrative_cp_ce_type": "001",
        "administrative_cp_ui_code": subject.uscc,
        // Another county's code is the usual slip.
        "area_number": if is_wrong { "510822" } else { app.settings.county.code.as_str() },
        "check_form": "01",
        "check_type": "01",
        "check_result": if at % 4 == 0 { "02" } else { "01" },
        "check_date": day,
        "check_personnel": ["演示甲", "演示乙"],
    });
    BehaviourBody {
        kind: BehaviourSet::Check,
        cd_id: number,
        cd_source: None,
        cd_batch: Some(format!("{}00001", ctx.today().format("%Y%m%d"))),
        cd_time: None,
        cd_operation: Operation::I,
        department_id: None,
        is_stock: false,
        content: content.as_object().cloned().unwrap_or_default().into_iter().collect(),
    }
}
