//! An approved inspection writes its own row: what is recorded once is not reported a second time by hand.

use super::bodies::BehaviourBody;
use super::incoming::{Sources, incoming};
use super::receive::{all, receive};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::intake::behaviours as store;
use crate::persistence::items::{implementation_lists, items};
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::{departments, objects};
use crate::service::inspections::inspections::{Inspection, complete_one, to_answer};
use crate::service::register::objects::number_of;
use domain::intake::behaviours::exchange::Operation;
use domain::intake::behaviours::own::{check_form, check_outcome};
use domain::intake::behaviours::{BehaviourOrigin, BehaviourSet, BehaviourStatus};
use domain::register::objects::PERSON;
use domain::spot_checks::tasks::TaskKind;
use entity::inspections::inspections::Model;
use entity::register::departments::Model as Department;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The row of an inspection, written anew whenever its result is approved; none where nobody was there to be checked.
pub async fn of_inspection(app: &App, tx: &WriteTx, inspection: &Model) -> Result<Vec<Event>> {
    let department = departments::get(tx.conn(), inspection.department_id).await?;
    match content(app, tx, inspection, &department).await? {
        Some(content) => write(app, tx, (inspection, &department), Some(content)).await,
        None => Ok(Vec::new()),
    }
}

/// A result that is worked on again, or withdrawn, is no row until it is approved once more.
pub async fn withdraw(app: &App, tx: &WriteTx, inspection: &Model) -> Result<Vec<Event>> {
    let department = departments::get(tx.conn(), inspection.department_id).await?;
    write(app, tx, (inspection, &department), None).await
}

async fn write(
    app: &App,
    tx: &WriteTx,
    (inspection, department): (&Model, &Department),
    content: Option<Map<String, Value>>,
) -> Result<Vec<Event>> {
    let key = (BehaviourSet::Check, department.code.clone(), inspection.code.clone());
    let known = store::known(tx.conn(), &[key].into()).await?;
    let is_there = known.iter().any(|row| row.status != BehaviourStatus::Removed);
    let operation = match (&content, is_there) {
        (Some(_), true) => Operation::U,
        (Some(_), false) => Operation::I,
        (None, true) => Operation::D,
        (None, false) => return Ok(Vec::new()),
    };

    let body = BehaviourBody {
        kind: BehaviourSet::Check,
        cd_id: inspection.code.clone(),
        cd_source: Some(department.code.clone()),
        // Apart from what the department sends that day, which would be waited for.
        cd_batch: Some(format!("{}P", tx.ctx().today().format("%Y%m%d"))),
        cd_time: None,
        cd_operation: operation,
        department_id: Some(department.id),
        is_stock: false,
        content: content.into_iter().flatten().collect(),
    };
    let sources = Sources::load(tx.conn()).await?;
    let mut row =
        incoming(app, tx.ctx(), &sources, (body, BehaviourOrigin::Platform), "").map_err(AppError::invalid)?;
    row.inspection_id = Some(inspection.id);
    Ok(receive(app, tx, vec![row]).await?.try_map(all)?.into_events())
}

/// The columns, from what is recorded; what is not recorded is left out, and the row says so.
async fn content(
    app: &App,
    tx: &WriteTx,
    inspection: &Model,
    department: &Department,
) -> Result<Option<Map<String, Value>>> {
    let whole = complete_one(tx.conn(), inspection.clone()).await?;
    let Inspection { parts, officers, .. } = whole;
    let Some(outcome) = check_outcome(&parts.results, parts.failed_points()) else { return Ok(None) };
    let asked = to_answer(tx.conn(), tx.ctx(), inspection).await?;
    let ids: Vec<_> = asked.items.iter().filter_map(|(spot, _)| spot.item_id).collect();
    let lists = implementation_lists::of_items(tx.conn(), &ids).await?;
    let mut items: Vec<_> = items::by_ids(tx.conn(), ids).await?.into_iter().map(|item| item.code).collect();
    items.sort();
    let object = objects::by_ids(tx.conn(), vec![inspection.object_id]).await?.remove(&inspection.object_id);

    let names = parts.officers.iter().filter_map(|officer| officers.get(&officer.personnel_id).cloned());
    let numbers: Vec<_> = parts.officers.iter().filter_map(|officer| officer.certificate_no.clone()).collect();
    let codes: BTreeSet<_> = lists.values().map(|list| list.code.clone()).collect();
    let mut content = Map::new();
    let mut put = |name: &str, value: Value| content.insert(name.to_owned(), value);
    put("supervise_item_implement_code", json!(items.first().map_or("无", String::as_str)));
    put("supervise_item_check_icode", json!(codes));
    put("check_action_name", json!(asked.task.name));
    put("check_action_code", json!(inspection.code));
    put("implement_institution", json!(department.name));
    put("implement_institution_code", json!(department.uscc));
    put("area_number", json!(app.settings.county.code));
    put("check_form", json!(check_form(asked.task.kind)));
    put("check_type", json!(if inspection.visit_id.is_some() { "01" } else { "02" }));
    put("check_mode", json!((asked.task.kind == TaskKind::DoubleRandom).then_some("1")));
    put("check_result", json!(outcome));
    put("check_date", json!(inspection.inspected_on));
    put("check_personnel", json!(names.collect::<Vec<_>>()));
    put("check_personnel_code", json!(numbers));
    put("submitted_date", json!(tx.ctx().today()));
    let Some(object) = object else { return Ok(Some(content)) };

    let (nature, document) = match (&object.uscc, object.object_type.as_str()) {
        (Some(_), _) => ("02", "001"),
        (None, PERSON) => ("01", object.cert_type.as_deref().unwrap_or("111")),
        (None, _) => ("03", "099"),
    };
    let number = number_of(app, &object).await?;
    put("supervise_object", json!(object.name));
    put("supervise_object_type", json!(object.object_type));
    put("administrative_cp", json!(object.name));
    put("administrative_cp_na", json!(nature));
    put("administrative_cp_ce_type", json!(document));
    put("administrative_cp_ui_code", json!(object.uscc.clone().or(number).or(object.registration_no.clone())));
    put("address_registered", json!(object.registered_address));
    put("address_operating", json!(object.business_address));
    Ok(Some(content))
}
