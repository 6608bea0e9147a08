//! What stands against destroying a file, asked when it is done, under the locks of whoever places a hold.

use crate::kernel::error::Result;
use crate::persistence::inspections::follow_ups;
use crate::persistence::oversight::supervision_cases;
use crate::persistence::records::case_files::{CaseFile, pieces};
use crate::persistence::records::legal_holds::{Held, held};
use crate::persistence::risks::risk_clues;
use chrono::NaiveDate;
use domain::kernel::rules::Rules;
use domain::records::disposal::Obstacle;
use domain::records::evidence::EvidenceStatus;
use domain::records::retention::{FileClass, Period};
use domain::risks::risk_clues::is_open;
use entity::records::disposal_lines::Model as Line;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// The first thing that stands against it; none where it may go.
pub async fn obstacle(
    conn: &impl ConnectionTrait,
    rules: &Rules,
    (line, department): (&Line, Uuid),
    file: &CaseFile,
    today: NaiveDate,
) -> Result<Option<Obstacle>> {
    // The period may have been made longer since the list was drawn up.
    let is_due = match line.class.period(rules) {
        Period::Permanent => false,
        Period::Years(years) => retention_end(line.closed_on, years) <= today,
    };
    if !is_due {
        return Ok(Some(Obstacle::NotDue));
    }
    let about = Held { record_id: line.record_id, object_id: line.object_id, department_id: department };
    if !held(conn, &[about]).await?.is_empty() {
        return Ok(Some(Obstacle::Held));
    }
    let records: Vec<_> = file.nouns.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    if supervision_cases::are_looked_into(conn, records).await? {
        return Ok(Some(Obstacle::Supervised));
    }

    let found = match line.class {
        FileClass::Inspection => of_inspection(conn, line, today).await?,
        FileClass::RiskClue => {
            let master = risk_clues::master_of(conn, line.record_id).await?;
            master.filter(|master| is_open(master.status)).map(|_| Obstacle::ClueOpen)
        }
    };
    Ok(found.or_else(|| (file.closed_on() != Some(line.closed_on)).then_some(Obstacle::Changed)))
}

fn retention_end(closed_on: NaiveDate, years: u32) -> NaiveDate {
    domain::records::retention::due_on(domain::kernel::clocks::calendar::start_of(closed_on), years)
}

/// Clues that led to it, a measure that it looks at again, evidence that is owed longer.
async fn of_inspection(conn: &impl ConnectionTrait, line: &Line, today: NaiveDate) -> Result<Option<Obstacle>> {
    let clues = risk_clues::that_name(conn, line.record_id).await?;
    if clues.iter().any(|clue| is_open(clue.status)) {
        return Ok(Some(Obstacle::ClueOpen));
    }
    // A clue that is held keeps what it led to.
    let files = clues.iter().filter_map(|clue| {
        Some(Held { record_id: clue.id, object_id: clue.object_id, department_id: clue.department_id? })
    });
    if !held(conn, &files.collect::<Vec<_>>()).await?.is_empty() {
        return Ok(Some(Obstacle::Held));
    }
    if follow_ups::wait_for(conn, line.record_id).await? {
        return Ok(Some(Obstacle::RecheckOpen));
    }

    let owed = pieces(conn, line.record_id).await?.into_iter().any(|piece| {
        let is_kept = !matches!(piece.status, EvidenceStatus::Discarded | EvidenceStatus::Refused);
        is_kept && piece.retain_until > today
    });
    Ok(owed.then_some(Obstacle::EvidenceKept))
}
