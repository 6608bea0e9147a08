//! 数据导入: a file is received whole, then carried out row by row in the background; every row is accounted for.

mod files;
mod receive;
mod run;
mod sender;
mod sets;

pub use files::serve_workbook;
pub use receive::{receive, store_for_command_line};
pub use run::run;
pub use sets::hand_over;

use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::tx::WriteTx;
use chrono::NaiveDate;
use domain::intake::imports::reading::fields::Cells;
use domain::intake::imports::{Dataset, Dimension, Finding, Parsed, Record, Severity};
use domain::kernel::codes::region::Gazetteer;
use domain::kernel::text::text;
use entity::intake::imports;
use files::At;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// A data set: how its rows are read, and what becomes of them.
trait DataSet {
    type Row: Record;

    fn parse(cells: &dyn Cells, context: &Context) -> Parsed<Self::Row>;

    /// Takes sound rows over; what the trade refuses goes into the outcome.
    async fn apply(
        tx: &WriteTx,
        context: &Context,
        import: &imports::Model,
        outcome: Outcome,
        rows: &[Numbered<&Self::Row>],
    ) -> Result<Outcome>;

    /// What the end of the file means.
    async fn finish(_: &App, _: &Ctx, _: &imports::Model) -> Result<()> {
        Ok(())
    }
}

/// What the rows of one import need beside themselves.
struct Context {
    app: Arc<App>,
    dataset: Dataset,
    gazetteer: Gazetteer,
    departments: BTreeMap<String, Uuid>,
    /// The departments whose records the sender may write; all where there is none.
    allowed: Option<Vec<Uuid>>,
    /// The region whose objects the sender may write; all where there is none.
    region: Option<String>,
    /// Whether the sender issues certificates: from others they are applications, and what is known of them stays.
    may_issue: bool,
    today: NaiveDate,
    /// The file's headings, as it has them.
    headings: Vec<String>,
    seen: Seen,
}

/// Which row of a file named a record first, and what it said; kept as hashes, so that a file may be long.
#[derive(Default)]
struct Seen {
    first: Mutex<HashMap<u64, (i64, u64)>>,
    /// Rows that were read and that the trade refused.
    refused: Mutex<HashSet<i64>>,
}

/// An earlier row of the file that names the same record, and whether it says the same of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Earlier {
    first: i64,
    same: bool,
}

impl Context {
    /// The department that a row names by its code; none where it names none.
    fn department(&self, code: Option<&str>) -> std::result::Result<Option<Uuid>, Finding> {
        let Some(code) = code else { return Ok(None) };
        let known = self.departments.get(code).copied();
        known.map(Some).ok_or_else(|| {
            let message = text!("没有这个部门。", "There is no such department.");
            Finding::error("部门编码", "UNKNOWN_DEPARTMENT", code, message).of(Dimension::Linkage)
        })
    }
}

impl Seen {
    /// The earlier row that names the same record, if there is one.
    fn earlier<R: Record>(&self, row: &R, row_no: i64) -> Option<Earlier> {
        let said = hash(row);
        let (first, before) = *self.first.lock().ok()?.entry(hash(&row.key())).or_insert((row_no, said));
        (first < row_no).then_some(Earlier { first, same: before == said })
    }

    /// Rows that were refused behind a row; a batch may be tried again.
    fn refuse_behind(&self, row: i64, rows: impl IntoIterator<Item = i64>) {
        if let Ok(mut refused) = self.refused.lock() {
            refused.retain(|before| *before <= row);
            refused.extend(rows);
        }
    }

    fn is_refused(&self, row: i64) -> bool {
        self.refused.lock().is_ok_and(|refused| refused.contains(&row))
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A row and where it stands.
struct Numbered<T> {
    at: At,
    row: T,
}

/// What became of a batch of rows.
#[derive(Default)]
struct Outcome {
    created: i64,
    updated: i64,
    unchanged: i64,
    rejected: i64,
    skipped: i64,
    findings: Vec<(At, Finding)>,
    events: Vec<Event>,
}

impl Outcome {
    fn total(&self) -> i64 {
        self.created + self.updated + self.unchanged + self.rejected + self.skipped
    }

    /// A row that was refused while it was being applied.
    fn refuse(&mut self, at: At, finding: Finding) {
        debug_assert_eq!(finding.severity, Severity::Error);
        self.findings.push((at, finding));
        self.rejected += 1;
    }

    fn refused_rows(&self) -> Vec<i64> {
        self.findings.iter().filter(|(_, finding)| finding.is_error()).map(|(at, _)| at.row).collect()
    }

    fn count(&mut self, changed: bool) {
        if changed {
            self.updated += 1;
        } else {
            self.unchanged += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Hash)]
    struct Said(u8, u8);

    impl Record for Said {
        const KEY_FIELD: &'static str = "号";

        fn key(&self) -> String {
            self.0.to_string()
        }
    }

    proptest! {
        /// In whichever order rows come, at whichever distance: of each record the first row counts, equal ones are the
        /// same, others are told of with the first; told once more of a row, nothing is different.
        #[test]
        fn the_first_row_of_a_record_counts(rows in proptest::collection::vec((0u8..6, 0u8..3), 0..60)) {
            let seen = Seen::default();
            let mut first: BTreeMap<u8, (i64, u8)> = BTreeMap::new();
            for (at, (key, said)) in rows.into_iter().enumerate() {
                let at = i64::try_from(at).unwrap_or_default() + 1;
                let expected = first.get(&key).map(|(row, before)| Earlier { first: *row, same: *before == said });
                prop_assert_eq!(seen.earlier(&Said(key, said), at), expected);
                prop_assert_eq!(seen.earlier(&Said(key, said), at), expected);
                first.entry(key).or_insert((at, said));
            }
        }
    }
}
