//! 案卷: a record with everything that belongs to it, read whole and removed whole.

use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::oversight::{audit, worklist};
use chrono::{DateTime, NaiveDate, Utc};
use domain::inspections::case_referrals::is_under_way;
use domain::inspections::follow_ups::takes_time;
use domain::inspections::inspections::is_closed;
use domain::kernel::clocks::calendar::local_date;
use domain::records::retention::RecordClass;
use domain::risks::risk_clues::is_open;
use entity::inspections as of_inspections;
use entity::inspections::{case_referrals, follow_ups, inspections, issued_inspections};
use entity::kernel::history;
use entity::records::{documents, evidence, evidence_chunks};
use entity::risks::{risk_clue_measures, risk_clues, risk_hits};
use entity::visits::offline_records;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

/// A file as it stands.
pub struct CaseFile {
    /// Each table's rows under its name, in one order on both databases; without what is sealed.
    pub content: Map<String, Value>,
    /// What the trail has lines of.
    pub nouns: Vec<(&'static str, Vec<Uuid>)>,
}

async fn rows<E>(conn: &impl ConnectionTrait, column: E::Column, id: Uuid) -> Result<Value>
where
    E: EntityTrait,
    E::Model: Serialize,
{
    let found = E::find().filter(column.eq(id)).all(conn).await.or_app()?;
    let mut rows = found.iter().map(serde_json::to_value).collect::<std::result::Result<Vec<_>, _>>()?;
    rows.sort_by_cached_key(ToString::to_string);
    Ok(rows.into())
}

async fn remove<E: EntityTrait>(conn: &impl ConnectionTrait, column: E::Column, id: Uuid) -> Result<()> {
    E::delete_many().filter(column.eq(id)).exec(conn).await.or_app()?;
    Ok(())
}

/// The tables of a class of files, what refers to others first: read and removed by one list.
macro_rules! tables {
    ($(#[$meta:meta])* $read:ident, $remove:ident: $($name:literal $entity:ty => $column:expr),+ $(,)?) => {
        $(#[$meta])*
        async fn $read(conn: &impl ConnectionTrait, id: Uuid) -> Result<Map<String, Value>> {
            let mut content = Map::new();
            $(content.insert($name.to_owned(), rows::<$entity>(conn, $column, id).await?);)+
            Ok(content)
        }

        async fn $remove(conn: &impl ConnectionTrait, id: Uuid) -> Result<()> {
            $(remove::<$entity>(conn, $column, id).await?;)+
            Ok(())
        }
    };
}

tables!(
    read_inspection, remove_inspection:
    "documents" documents::Entity => documents::Column::InspectionId,
    "case-referrals" case_referrals::Entity => case_referrals::Column::InspectionId,
    "follow-ups" follow_ups::Entity => follow_ups::Column::InspectionId,
    "evidence" evidence::Entity => evidence::Column::InspectionId,
    "points" of_inspections::inspection_points::Entity => of_inspections::inspection_points::Column::InspectionId,
    "checks" of_inspections::inspection_checks::Entity => of_inspections::inspection_checks::Column::InspectionId,
    "results" of_inspections::inspection_results::Entity => of_inspections::inspection_results::Column::InspectionId,
    "officers" of_inspections::inspection_officers::Entity => of_inspections::inspection_officers::Column::InspectionId,
    "replacements" of_inspections::inspection_replacements::Entity => of_inspections::inspection_replacements::Column::InspectionId,
    "revisions" of_inspections::inspection_revisions::Entity => of_inspections::inspection_revisions::Column::InspectionId,
    "issued" issued_inspections::Entity => issued_inspections::Column::InspectionId,
    "offline-records" offline_records::Entity => offline_records::Column::SubjectId,
    "inspections" inspections::Entity => inspections::Column::Id,
);

tables!(
    read_clue, remove_clue:
    "measures" risk_clue_measures::Entity => risk_clue_measures::Column::ClueId,
    "risk-clues" risk_clues::Entity => risk_clues::Column::Id,
);

/// The nouns among the tables.
const NOUNS: [&str; 6] = ["inspections", "documents", "evidence", "follow-ups", "case-referrals", "offline-records"];

fn ids_of(rows: &Value) -> Vec<Uuid> {
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    rows.iter().filter_map(|row| row["id"].as_str()?.parse().ok()).collect()
}

/// A file, whoever asks: empty where there is none.
pub async fn read(conn: &impl ConnectionTrait, class: RecordClass, id: Uuid) -> Result<CaseFile> {
    match class {
        RecordClass::Inspection => {
            let content = read_inspection(conn, id).await?;
            let nouns = NOUNS.into_iter().map(|noun| (noun, content.get(noun).map(ids_of).unwrap_or_default()));
            Ok(CaseFile { nouns: nouns.collect(), content })
        }
        RecordClass::RiskClue => {
            let content = read_clue(conn, id).await?;
            Ok(CaseFile { nouns: vec![("risk-clues", vec![id])], content })
        }
        RecordClass::Supervision
        | RecordClass::Draw
        | RecordClass::Register
        | RecordClass::Item
        | RecordClass::Trail
        | RecordClass::Disposal => Err(AppError::internal("files of this class are kept for good")),
    }
}

impl CaseFile {
    /// The day on which it was closed, where nothing of it is open.
    pub fn closed_on(&self) -> Option<NaiveDate> {
        let rows = |name: &str| self.content.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_over = |noun: &str, row: &Value| {
            let status = row["status"].as_str().unwrap_or_default();
            match noun {
                "inspections" => status.parse().is_ok_and(is_closed),
                "risk-clues" => status.parse().is_ok_and(|status| !is_open(status)),
                "follow-ups" => status.parse().is_ok_and(|status| !takes_time(status)),
                _ => status.parse().is_ok_and(|status| !is_under_way(status)),
            }
        };

        let dated = ["inspections", "risk-clues", "follow-ups", "case-referrals"];
        let mut all = dated.into_iter().flat_map(|noun| rows(noun).iter().map(move |row| (noun, row)));
        if !all.clone().all(|(noun, row)| is_over(noun, row)) {
            return None;
        }
        let last = all.try_fold(DateTime::<Utc>::MIN_UTC, |last, (_, row)| {
            Some(std::cmp::max(last, row["updated_at"].as_str()?.parse().ok()?))
        });
        last.map(local_date)
    }

    /// Whether there is no such record.
    pub fn is_empty(&self) -> bool {
        self.content.values().all(|rows| rows.as_array().is_none_or(Vec::is_empty))
    }
}

/// Issued documents of an inspection, whole.
pub async fn papers(conn: &impl ConnectionTrait, inspection: Uuid) -> Result<Vec<documents::Model>> {
    let own = documents::Entity::find().filter(documents::Column::InspectionId.eq(inspection));
    own.order_by_asc(documents::Column::CreatedAt).all(conn).await.or_app()
}

/// Evidence of an inspection, in the order of its numbers.
pub async fn pieces(conn: &impl ConnectionTrait, inspection: Uuid) -> Result<Vec<evidence::Model>> {
    let own = evidence::Entity::find().filter(evidence::Column::InspectionId.eq(inspection));
    own.order_by_asc(evidence::Column::Seq).all(conn).await.or_app()
}

/// Removes a file with what the trail, the history and the worklist say of it; gives the keys of its files in the store. What the
/// trail said is replaced by digests, so that its lines prove what they proved.
pub async fn destroy(tx: &WriteTx, class: RecordClass, id: Uuid, file: &CaseFile) -> Result<Vec<String>> {
    let conn = tx.conn();
    let mut keys = Vec::new();
    if class == RecordClass::Inspection {
        let papers = papers(conn, id).await?.into_iter();
        keys.extend(papers.flat_map(|paper| [paper.pdf_key, paper.docx_key]).flatten());
        for piece in pieces(conn, id).await? {
            let own = evidence_chunks::Column::EvidenceId.eq(piece.id);
            let chunks = evidence_chunks::Entity::find().filter(own.clone()).all(conn).await.or_app()?;
            keys.extend(chunks.into_iter().map(|chunk| chunk.key).chain(piece.thumbnail_key));
            evidence_chunks::Entity::delete_many().filter(own).exec(conn).await.or_app()?;
        }
    }
    let_go(conn, class, id).await?;
    if class == RecordClass::Inspection {
        remove_inspection(conn, id).await?;
    } else {
        remove_clue(conn, id).await?;
    }

    for (noun, ids) in &file.nouns {
        for ids in ids.chunks(500) {
            let own = history::Column::Resource.eq(*noun).and(history::Column::RecordId.is_in(ids.to_vec()));
            history::Entity::delete_many().filter(own).exec(conn).await.or_app()?;
            audit::empty(conn, noun, ids).await?;
        }
        worklist::clear(tx, noun, ids.clone()).await?;
    }
    Ok(keys)
}

/// What other records say of it is that there was one.
async fn let_go(conn: &impl ConnectionTrait, class: RecordClass, id: Uuid) -> Result<()> {
    let none = || Expr::value(Option::<Uuid>::None);
    if class == RecordClass::Inspection {
        use follow_ups::Column as F;
        use risk_clue_measures::Column as M;
        let measures = risk_clue_measures::Entity::update_many().col_expr(M::InspectionId, none());
        measures.filter(M::InspectionId.eq(id)).exec(conn).await.or_app()?;
        let rechecked = follow_ups::Entity::update_many().col_expr(F::RecheckInspectionId, none());
        rechecked.filter(F::RecheckInspectionId.eq(id)).exec(conn).await.or_app()?;
        return Ok(());
    }

    use risk_clues::Column as C;
    use risk_hits::Column as H;
    let hits = risk_hits::Entity::update_many().col_expr(H::ClueId, none());
    hits.filter(H::ClueId.eq(id)).exec(conn).await.or_app()?;
    let merged = risk_clues::Entity::update_many().col_expr(C::MasterId, none());
    merged.filter(C::MasterId.eq(id)).exec(conn).await.or_app()?;
    Ok(())
}
