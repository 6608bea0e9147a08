//! A row that came: whose it is, when it was written, what it says.

use super::bodies::BehaviourBody;
use super::facts::split;
use crate::app::App;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::intake::behaviours::Key;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use chrono::NaiveDate;
use domain::access::Role;
use domain::intake::behaviours::BehaviourOrigin;
use domain::intake::behaviours::columns::{Row, Table};
use domain::intake::behaviours::exchange::{Envelope, Operation};
use domain::intake::behaviours::quality::{Read, read};
use domain::kernel::text::text;
use uuid::Uuid;

/// Columns of one row, at most: no national table has half as many.
const MOST_COLUMNS: usize = 120;

/// A row that came, read.
pub(super) struct Incoming {
    pub key: Key,
    pub row: Row,
    pub table: &'static Table,
    pub read: Read,
    pub envelope: Envelope,
    pub batch: String,
    pub department: Uuid,
    pub origin: BehaviourOrigin,
    /// The inspection that wrote it.
    pub inspection_id: Option<Uuid>,
}

impl Incoming {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.row.get(name).map(String::as_str)
    }

    pub fn one(&self, name: &str) -> Vec<String> {
        self.get(name).map(str::to_owned).into_iter().collect()
    }

    pub fn list(&self, name: &str) -> Vec<String> {
        split(self.get(name))
    }

    /// 行为编号
    pub fn code(&self) -> Option<&str> {
        self.get(&self.table.code).filter(|code| code.chars().count() <= 50)
    }

    pub fn get_item(&self) -> Vec<String> {
        self.one(&self.table.item)
    }

    /// Its own code, and that of the check that it came from.
    pub fn codes(&self) -> Vec<String> {
        let check = self.table.check.as_deref().map(|name| self.one(name)).unwrap_or_default();
        self.one(&self.table.code).into_iter().chain(check).collect()
    }

    pub fn happened_on(&self) -> Option<NaiveDate> {
        self.get(&self.table.happened).and_then(|day| day.parse().ok())
    }
}

/// Whose row it is, when it was written, and what it says.
pub(super) async fn incoming(app: &App, tx: &WriteTx, body: BehaviourBody, at: &str) -> Result<Incoming> {
    let ctx = tx.ctx();
    let mut errors = Vec::new();
    let mut wrong = |name: &str, code, detail| errors.push(FieldError::new(format!("{at}/{name}"), code, detail));
    let department = body.department_id.unwrap_or(ctx.actor.department_id);
    if let Err(error) = ctx.check_own(department, "") {
        error.errors.into_iter().for_each(|error| wrong("department_id", error.code, error.detail));
    }
    if body.cd_time.is_some_and(|at| at > ctx.now) {
        wrong("cd_time", "OUT_OF_RANGE", text!("写入时间不能晚于现在。", "It was not written in the future."));
    }
    if body.content.len() > MOST_COLUMNS {
        let detail = text!("列数超过 {MOST_COLUMNS}。", "It has more than {MOST_COLUMNS} columns.");
        wrong("content", "TOO_MANY", detail);
    }
    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }

    let table = body.kind.table().ok_or_else(|| AppError::internal("a kind without its table"))?;
    let source = match body.cd_source {
        Some(source) => source,
        None => departments::get(tx.conn(), department).await?.code,
    };
    let read = read(body.kind, &body.content);
    let row = read.row.clone();
    // A deletion says nothing.
    let said = if body.cd_operation == Operation::D { Row::new() } else { row.clone() };
    let said = serde_json::to_string(&said).map_err(AppError::internal)?;

    Ok(Incoming {
        key: (body.kind, source, body.cd_id),
        row,
        table,
        read,
        envelope: Envelope {
            at: body.cd_time.unwrap_or(ctx.now),
            operation: body.cd_operation,
            digest: app.secrets.blind_index(&said),
        },
        batch: body.cd_batch.unwrap_or_else(|| ctx.today().format("%Y%m%d").to_string()),
        department,
        origin: match (body.is_stock, ctx.actor.role) {
            (true, _) => BehaviourOrigin::Stock,
            (false, Role::Partner) => BehaviourOrigin::Partner,
            (false, _) => BehaviourOrigin::Platform,
        },
        inspection_id: None,
    })
}
