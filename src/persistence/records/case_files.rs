//! 案卷: a record with everything that belongs to it, read whole and removed whole.

use crate::kernel::error::Result;
use crate::persistence::kernel::db::Db;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::tx::{WriteTx, keep};
use crate::persistence::oversight::{audit, worklist};
use crate::persistence::risks::risk_facts;
use chrono::{DateTime, NaiveDate, Utc};
use domain::inspections::case_referrals::is_under_way;
use domain::inspections::follow_ups::takes_time;
use domain::inspections::inspections::is_closed;
use domain::kernel::clocks::calendar::local_date;
use domain::oversight::turns::of_document;
use domain::records::evidence::is_awaited;
use domain::records::retention::FileClass;
use domain::risks::risk_clues::is_open;
use entity::inspections as of_inspections;
use entity::inspections::{case_referrals, follow_ups, inspections, issued_inspections};
use entity::kernel::history;
use entity::records::{documents, doomed_files, evidence, evidence_chunks};
use entity::risks::{risk_clue_measures, risk_clues, risk_hits};
use entity::visits::offline_records;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
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

type IsOver = fn(&Value) -> bool;

/// When a record of a file is over, noun by noun; files are looked for by the same states (`due_files`).
const OVER: [(&str, IsOver); 6] = [
    ("inspections", |row| state(row, "status").is_some_and(is_closed)),
    ("risk-clues", |row| state(row, "status").is_some_and(|status| !is_open(status))),
    ("follow-ups", |row| state(row, "status").is_some_and(|status| !takes_time(status))),
    ("case-referrals", |row| state(row, "status").is_some_and(|status| !is_under_way(status))),
    ("documents", |row| match (state(row, "status"), state(row, "kind")) {
        (Some(status), Some(kind)) => of_document(status, kind).is_empty(),
        _ => false,
    }),
    ("evidence", |row| state(row, "status").is_some_and(|status| !is_awaited(status))),
];

fn state<T: std::str::FromStr>(row: &Value, name: &str) -> Option<T> {
    row[name].as_str()?.parse().ok()
}

/// The nouns among the tables.
const NOUNS: [&str; 6] = ["inspections", "documents", "evidence", "follow-ups", "case-referrals", "offline-records"];
/// What else the trail has lines of, under the inspection's own id.
const OF_INSPECTION: [&str; 3] = ["inspection-results", "inspection-officers", "inspection-evidence"];

fn ids_of(rows: &Value) -> Vec<Uuid> {
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    rows.iter().filter_map(|row| row["id"].as_str()?.parse().ok()).collect()
}

/// A file, whoever asks: empty where there is none.
pub async fn read(conn: &impl ConnectionTrait, class: FileClass, id: Uuid) -> Result<CaseFile> {
    match class {
        FileClass::Inspection => {
            let content = read_inspection(conn, id).await?;
            let nouns = NOUNS.into_iter().map(|noun| (noun, content.get(noun).map(ids_of).unwrap_or_default()));
            let others = OF_INSPECTION.into_iter().map(|noun| (noun, vec![id]));
            Ok(CaseFile { nouns: nouns.chain(others).collect(), content })
        }
        FileClass::RiskClue => {
            let content = read_clue(conn, id).await?;
            Ok(CaseFile { nouns: vec![("risk-clues", vec![id])], content })
        }
    }
}

impl CaseFile {
    /// The day on which it was closed, where nothing of it is open.
    pub fn closed_on(&self) -> Option<NaiveDate> {
        let mut last = DateTime::<Utc>::MIN_UTC;
        for (noun, is_over) in OVER {
            let rows = self.content.get(noun).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            for row in rows {
                if !is_over(row) {
                    return None;
                }
                last = std::cmp::max(last, row["updated_at"].as_str()?.parse().ok()?);
            }
        }
        Some(local_date(last))
    }

    /// Whether there is no such record.
    pub fn is_empty(&self) -> bool {
        self.content.values().all(|rows| rows.as_array().is_none_or(Vec::is_empty))
    }
}

/// Documents of an inspection, drafts too.
pub async fn papers(conn: &impl ConnectionTrait, inspection: Uuid) -> Result<Vec<documents::Model>> {
    let own = documents::Entity::find().filter(documents::Column::InspectionId.eq(inspection));
    own.order_by_asc(documents::Column::CreatedAt).all(conn).await.or_app()
}

/// Evidence of an inspection, in the order of its numbers.
pub async fn pieces(conn: &impl ConnectionTrait, inspection: Uuid) -> Result<Vec<evidence::Model>> {
    let own = evidence::Entity::find().filter(evidence::Column::InspectionId.eq(inspection));
    own.order_by_asc(evidence::Column::Seq).all(conn).await.or_app()
}

/// Removes a file with what the trail, the history, the models' facts and the worklist say of it; its files in the store are doomed from
/// now on. What the trail said is replaced by digests, so that its lines prove what they proved.
pub async fn destroy(tx: &WriteTx, class: FileClass, id: Uuid, file: &CaseFile) -> Result<()> {
    let conn = tx.conn();
    let_go(conn, class, id).await?;
    let keys = match class {
        FileClass::Inspection => {
            let keys = stored_keys(conn, id).await?;
            remove_inspection(conn, id).await?;
            keys
        }
        FileClass::RiskClue => {
            remove_clue(conn, id).await?;
            Vec::new()
        }
    };
    doom(conn, &keys, tx.ctx().now).await?;
    risk_facts::delete_of(conn, id, None).await?;
    for measure in file.nouns.iter().filter(|(noun, _)| *noun == "follow-ups").flat_map(|(_, ids)| ids) {
        risk_facts::delete_of(conn, *measure, None).await?;
    }

    for (noun, ids) in &file.nouns {
        for ids in ids.chunks(500) {
            let own = history::Column::Resource.eq(*noun).and(history::Column::RecordId.is_in(ids.to_vec()));
            history::Entity::delete_many().filter(own).exec(conn).await.or_app()?;
            audit::empty(conn, noun, ids).await?;
        }
        worklist::clear(tx, noun, ids.clone()).await?;
    }
    Ok(())
}

/// Keys of the files of an inspection; its pieces of evidence are let go.
async fn stored_keys(conn: &impl ConnectionTrait, inspection: Uuid) -> Result<Vec<String>> {
    let papers = papers(conn, inspection).await?.into_iter();
    let mut keys: Vec<_> = papers.flat_map(|paper| [paper.pdf_key, paper.docx_key]).flatten().collect();
    let pieces = pieces(conn, inspection).await?;
    keys.extend(pieces.iter().filter_map(|piece| piece.thumbnail_key.clone()));

    let ids: Vec<_> = pieces.into_iter().map(|piece| piece.id).collect();
    for ids in ids.chunks(500) {
        let own = evidence_chunks::Column::EvidenceId.is_in(ids.to_vec());
        let chunks = evidence_chunks::Entity::find().filter(own.clone()).all(conn).await.or_app()?;
        keys.extend(chunks.into_iter().map(|chunk| chunk.key));
        evidence_chunks::Entity::delete_many().filter(own).exec(conn).await.or_app()?;
    }
    Ok(keys)
}

/// Files that go: named in the change that destroys their record, and removed afterwards, by this process or by the next.
async fn doom(conn: &impl ConnectionTrait, keys: &[String], since: DateTime<Utc>) -> Result<()> {
    for keys in keys.chunks(500) {
        let rows =
            keys.iter().map(|key| doomed_files::Model { key: key.clone(), since }.into_active_model().reset_all());
        doomed_files::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}

/// The next files that are doomed, the oldest first.
pub async fn doomed(conn: &impl ConnectionTrait, most: u64) -> Result<Vec<String>> {
    let next = doomed_files::Entity::find().order_by_asc(doomed_files::Column::Since).limit(most);
    Ok(next.all(conn).await.or_app()?.into_iter().map(|row| row.key).collect())
}

/// A doomed file is gone.
pub async fn is_gone(db: &Db, key: &str) -> Result<()> {
    keep(db, async |tx| {
        doomed_files::Entity::delete_by_id(key).exec(tx).await.or_app()?;
        Ok(())
    })
    .await
}

/// What other records say of it is that there was one.
async fn let_go(conn: &impl ConnectionTrait, class: FileClass, id: Uuid) -> Result<()> {
    let none = || Expr::value(Option::<Uuid>::None);
    match class {
        FileClass::Inspection => {
            use follow_ups::Column as F;
            use risk_clue_measures::Column as M;
            let measures = risk_clue_measures::Entity::update_many().col_expr(M::InspectionId, none());
            measures.filter(M::InspectionId.eq(id)).exec(conn).await.or_app()?;
            let rechecked = follow_ups::Entity::update_many().col_expr(F::RecheckInspectionId, none());
            rechecked.filter(F::RecheckInspectionId.eq(id)).exec(conn).await.or_app()?;
        }
        FileClass::RiskClue => {
            use risk_clues::Column as C;
            use risk_hits::Column as H;
            let hits = risk_hits::Entity::update_many().col_expr(H::ClueId, none());
            hits.filter(H::ClueId.eq(id)).exec(conn).await.or_app()?;
            let merged = risk_clues::Entity::update_many().col_expr(C::MasterId, none());
            merged.filter(C::MasterId.eq(id)).exec(conn).await.or_app()?;
        }
    }
    Ok(())
}
