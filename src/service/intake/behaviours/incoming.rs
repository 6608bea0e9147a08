//! A row that came: whose it is, when it was written, what it says.

use super::bodies::BehaviourBody;
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{FieldError, Result};
use crate::persistence::intake::behaviours::Key;
use crate::persistence::register::departments;
use chrono::NaiveDate;
use domain::intake::behaviours::BehaviourOrigin;
use domain::intake::behaviours::columns::{Row, Table, parts};
use domain::intake::behaviours::exchange::{Envelope, Operation};
use domain::intake::behaviours::quality::{Read, read};
use domain::kernel::text::text;
use entity::intake::behaviours::Model;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A row that came, read.
pub(super) struct Incoming {
    /// Where in the request it stands.
    pub at: String,
    pub key: Key,
    pub table: &'static Table,
    pub read: Read,
    pub envelope: Envelope,
    pub batch: String,
    pub department: Uuid,
    pub origin: BehaviourOrigin,
    /// The inspection that wrote it.
    pub inspection_id: Option<Uuid>,
    /// Something of it was sealed, and came back as its mask.
    pub was_sealed: bool,
    /// The version of the record that its sender saw.
    pub seen: Option<i32>,
}

impl Incoming {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.read.row.get(name).map(String::as_str)
    }

    /// A column's value, where it is filled.
    pub fn filled(&self, name: &str) -> Vec<String> {
        self.get(name).map(str::to_owned).into_iter().collect()
    }

    pub fn list(&self, name: &str) -> Vec<String> {
        parts(self.get(name).unwrap_or_default()).into_iter().map(str::to_owned).collect()
    }

    /// 行为编号
    pub fn code(&self) -> Option<&str> {
        self.get(&self.table.code).filter(|code| code.chars().count() <= 50)
    }

    pub fn items(&self) -> Vec<String> {
        self.filled(&self.table.item)
    }

    /// Its own code, and that of the check that it came from.
    pub fn codes(&self) -> Vec<String> {
        let check = self.table.check.as_deref().map(|name| self.filled(name)).unwrap_or_default();
        self.filled(&self.table.code).into_iter().chain(check).collect()
    }

    /// What it says, with what was sealed of it.
    pub fn unmask(&mut self, app: &App, row: Row) {
        self.was_sealed = true;
        let content = row.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        self.read = read(self.key.0, &content);
        self.envelope.digest = digest(app, self.envelope.operation, &self.read.row);
    }

    pub fn happened_on(&self) -> Option<NaiveDate> {
        self.get(&self.table.happened).and_then(|day| day.parse().ok())
    }
}

/// The departments' codes, which are the sources of their rows.
pub(super) struct Sources {
    ids: BTreeMap<String, Uuid>,
    codes: BTreeMap<Uuid, String>,
}

impl Sources {
    pub async fn load(conn: &impl ConnectionTrait) -> Result<Self> {
        let ids = departments::ids_by_code(conn).await?;
        let codes = ids.iter().map(|(code, id)| (*id, code.clone())).collect();
        Ok(Self { ids, codes })
    }
}

/// Whose row it is, when it was written, and what it says; every fault of its envelope is named.
pub(super) fn incoming(
    app: &App,
    ctx: &Ctx,
    sources: &Sources,
    (body, origin): (BehaviourBody, BehaviourOrigin),
    at: &str,
) -> std::result::Result<Incoming, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong = |name: &str, code, detail| errors.push(FieldError::new(format!("{at}/{name}"), code, detail));
    let department = body.department_id.unwrap_or(ctx.actor.department_id);
    let own = |department| ctx.check_own(department, "").map_err(|error| error.errors);
    if !sources.codes.contains_key(&department) {
        wrong("department_id", "NO_SUCH_RECORD", text!("部门不存在。", "There is no such department."));
    } else if let Err(errors) = own(department) {
        for error in errors {
            wrong("department_id", error.code, error.detail);
        }
    }
    // Whoever takes another department's code for a source takes its keys.
    let named = body.cd_source.as_ref().and_then(|source| sources.ids.get(source));
    let of_another = named.filter(|id| own(**id).is_err());
    if of_another.is_some() {
        let detail = text!("不能使用其他部门的编码作来源。", "Another department's code is not your source.");
        wrong("cd_source", "NOT_OWN_DEPARTMENT", detail);
    }
    let source = body.cd_source.or_else(|| sources.codes.get(&department).cloned());
    if body.cd_time.is_some_and(|at| at > ctx.now) {
        wrong("cd_time", "OUT_OF_RANGE", text!("写入时间不能晚于现在。", "It was not written in the future."));
    }
    let (Some(table), Some(source), true) = (body.kind.table(), source, errors.is_empty()) else {
        return Err(errors);
    };

    let read = read(body.kind, &body.content);
    Ok(Incoming {
        at: at.to_owned(),
        key: (body.kind, source, body.cd_id),
        envelope: Envelope {
            at: body.cd_time.unwrap_or(ctx.now),
            operation: body.cd_operation,
            digest: digest(app, body.cd_operation, &read.row),
        },
        table,
        read,
        batch: body.cd_batch.unwrap_or_else(|| ctx.today().format("%Y%m%d").to_string()),
        department,
        origin: if body.is_stock { BehaviourOrigin::Stock } else { origin },
        inspection_id: None,
        was_sealed: false,
        seen: None,
    })
}

/// A row that is there, as if its sender had sent it again.
pub(super) fn of_stored(stored: &Model, content: Row) -> Option<Incoming> {
    let content = content.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    let read = read(stored.kind, &content);

    Some(Incoming {
        at: String::new(),
        key: (stored.kind, stored.cd_source.clone(), stored.cd_id.clone()),
        envelope: Envelope { at: stored.cd_time, operation: stored.cd_operation, digest: stored.digest.clone() },
        table: stored.kind.table()?,
        read,
        batch: stored.cd_batch.clone(),
        department: stored.department_id,
        origin: stored.origin,
        inspection_id: stored.inspection_id,
        was_sealed: stored.person.is_some(),
        seen: None,
    })
}

/// What it says, as one digest; a deletion says nothing.
fn digest(app: &App, operation: Operation, row: &Row) -> String {
    let said = row.iter().filter(|_| operation != Operation::D);
    let said: Vec<String> = said.map(|(name, value)| format!("{name}\u{1f}{value}")).collect();
    app.secrets.blind_index(&said.join("\u{1e}"))
}
