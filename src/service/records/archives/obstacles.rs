//! What stands against destroying a file, asked when it is decided and again when it is done.

use crate::kernel::error::Result;
use crate::persistence::oversight::supervision_cases;
use crate::persistence::records::case_files::{CaseFile, pieces};
use crate::persistence::records::legal_holds::{Held, held};
use crate::persistence::risks::risk_clues;
use chrono::NaiveDate;
use domain::records::disposal::Obstacle;
use domain::records::evidence::EvidenceStatus;
use domain::records::retention::RecordClass;
use entity::records::disposal_lines::Model as Line;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// The first thing that stands against it; none where it may go.
pub async fn obstacle(
    conn: &impl ConnectionTrait,
    (line, department): (&Line, Uuid),
    file: &CaseFile,
    today: NaiveDate,
) -> Result<Option<Obstacle>> {
    let about = Held { record_id: line.record_id, object_id: line.object_id, department_id: department };
    if !held(conn, &[about]).await?.is_empty() {
        return Ok(Some(Obstacle::Held));
    }
    let records: Vec<_> = file.nouns.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    if supervision_cases::are_looked_into(conn, records).await? {
        return Ok(Some(Obstacle::Supervised));
    }

    if line.class == RecordClass::Inspection {
        if risk_clues::wait_for(conn, line.record_id).await? {
            return Ok(Some(Obstacle::ClueOpen));
        }
        let kept = pieces(conn, line.record_id).await?;
        let kept = kept.iter().any(|piece| piece.status == EvidenceStatus::Kept && piece.retain_until > today);
        if kept {
            return Ok(Some(Obstacle::EvidenceKept));
        }
    }
    Ok((file.closed_on() != Some(line.closed_on)).then_some(Obstacle::Changed))
}
