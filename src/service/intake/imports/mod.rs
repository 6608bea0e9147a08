//! 数据导入: a file is received whole, then carried out row by row in the background; every row is accounted for.

mod catalogue;
mod credit_classifications;
mod files;
mod justice_roll;
mod objects;
mod own_system_items;
mod personnel;
mod receive;
mod run;
mod sender;
mod spot_check_items;

pub use catalogue::hand_over;
pub use files::serve_workbook;
pub use receive::{receive, store_for_command_line};
pub use run::run;

use crate::app::App;
use crate::persistence::kernel::change::Event;
use chrono::NaiveDate;
use domain::intake::imports::{Finding, Severity};
use domain::kernel::codes::region::Gazetteer;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// What the rows of one import need beside themselves.
pub struct Context {
    pub app: Arc<App>,
    pub gazetteer: Gazetteer,
    pub departments: BTreeMap<String, Uuid>,
    /// The departments whose records the sender may write; all where there is none.
    pub allowed: Option<Vec<Uuid>>,
    /// The region whose objects the sender may write; all where there is none.
    pub region: Option<String>,
    /// Whether the sender issues certificates: from others they are applications, and what is known of them stays.
    pub may_issue: bool,
    pub today: NaiveDate,
    pub seen: Seen,
}

/// Which row of a file named a record first, by the record's key; keys are kept as hashes, so that a file may be long.
#[derive(Default)]
pub struct Seen(Mutex<HashMap<u64, i64>>);

impl Seen {
    /// The earlier row that names the same record, if there is one.
    pub fn earlier(&self, key: &str, row_no: i64) -> Option<i64> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let first = *self.0.lock().ok()?.entry(hasher.finish()).or_insert(row_no);
        (first < row_no).then_some(first)
    }
}

/// A data row, from 1, without the header.
pub struct Numbered<T> {
    pub row_no: i64,
    pub row: T,
}

/// What became of a batch of rows.
#[derive(Default)]
pub struct Outcome {
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub rejected: i64,
    pub findings: Vec<(i64, Finding)>,
    pub events: Vec<Event>,
}

impl Outcome {
    pub fn total(&self) -> i64 {
        self.created + self.updated + self.unchanged + self.rejected
    }

    /// A row that was refused while it was being applied.
    pub fn refuse(&mut self, row_no: i64, finding: Finding) {
        debug_assert_eq!(finding.severity, Severity::Error);
        self.findings.push((row_no, finding));
        self.rejected += 1;
    }

    pub fn count(&mut self, changed: bool) {
        if changed {
            self.updated += 1;
        } else {
            self.unchanged += 1;
        }
    }
}
