//! What an approved result tells the risk models.

use crate::kernel::error::Result;
use crate::persistence::inspections::inspections as store;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use crate::service::risks::risk_facts;
use crate::service::risks::risk_facts::New;
use domain::register::objects::RegistrationStatus;
use domain::risks::risk_models::FactKind;
use entity::inspections::inspections::Model;

/// 查无下落 and 已关闭停业 are no signs of business (dictionary spot-result).
const NOT_FOUND: [&str; 2] = ["6", "7"];

pub async fn tell(tx: &WriteTx, inspection: &Model) -> Result<()> {
    let parts = store::parts_of(tx.conn(), inspection.id).await?;
    let object = objects::by_ids(tx.conn(), vec![inspection.object_id]).await?.remove(&inspection.object_id);
    let on = inspection.inspected_on.unwrap_or_else(|| tx.ctx().today());
    let fact = |kind| New {
        department: Some(inspection.department_id),
        ..New::of(inspection.object_id, on, kind, inspection.id)
    };
    let mut facts = vec![fact(FactKind::Inspected)];
    if parts.found_problems() {
        let amount = i32::try_from(parts.failed_points().max(1)).unwrap_or(i32::MAX);
        facts.push(New { amount, ..fact(FactKind::ProblemFound) });
    }
    let registered = object.is_none_or(|object| object.registration_status == RegistrationStatus::Active);
    let at_work = !parts.results.iter().any(|code| NOT_FOUND.contains(&code.as_str()));
    if !registered && at_work {
        facts.push(fact(FactKind::NotRegistered));
    }
    facts.extend(
        parts.officers.iter().map(|officer| New { party: Some(officer.personnel_id), ..fact(FactKind::OfficerVisit) }),
    );

    risk_facts::add(tx, facts).await
}
