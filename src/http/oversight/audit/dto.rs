//! Views of the audit trail.

use crate::http::kernel::reply::View;
use crate::http::kernel::view::view;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::oversight::audit::AuditAction;
use serde::Serializer;
use serde_json::Value;
use uuid::Uuid;

view! {
    /// 审计记录
    pub struct AuditEntryView of entity::oversight::audit_entries::Model {
        id: Uuid,
        /// To the millisecond, as the log has it
        #[serde(serialize_with = "as_logged")]
        at: DateTime<Utc>,
        /// null for the system itself
        actor_id: Option<Uuid>,
        actor_name: String,
        actor_role: String,
        /// 委托人; null where nobody acted for somebody else
        on_behalf_of: Option<Uuid>,
        department_id: Option<Uuid>,
        #[schema(value_type = String, example = "APPROVED")]
        action: AuditAction,
        #[schema(example = "plans")]
        resource: String,
        resource_id: Uuid,
        reason: Option<String>,
        request_id: String,
        /// 变更前; null for a new record
        before: Option<Value>,
        /// 变更后
        after: Option<Value>,
        /// 记录依法销毁后，变更前、变更后内容的 SHA-256
        before_sha256: Option<String>,
        after_sha256: Option<String>,
    }
}

impl View for AuditEntryView {}

/// As the leaf of a line is hashed: with its milliseconds, also where there are none (docs/transparency-log.md).
fn as_logged<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// Members that tell an enterprise's credit class.
const OF_CLASS: [&str; 6] =
    ["local_class", "local_class_batch", "local_class_batch_id", "trace", "class_batches", "score_centi"];

impl AuditEntryView {
    /// For those who may not read credit classes: who did what to which record, but not what the class is.
    pub fn without_class(mut self) -> Self {
        if self.resource.starts_with("credit-") {
            self.before = None;
            self.after = None;
        }
        self.without(&OF_CLASS)
    }

    /// Whether it tells an enterprise's credit class.
    pub fn tells_class(self) -> bool {
        let states = (self.before.clone(), self.after.clone());
        let bare = self.without_class();
        (bare.before, bare.after) != states
    }

    /// Takes members out of both states, at any depth.
    pub fn without(mut self, hidden: &[&str]) -> Self {
        for state in [&mut self.before, &mut self.after].into_iter().flatten() {
            strip(state, hidden);
        }
        self
    }
}

fn strip(value: &mut Value, hidden: &[&str]) {
    if let Value::Object(map) = value {
        map.retain(|name, _| !hidden.contains(&name.as_str()));
        map.values_mut().for_each(|child| strip(child, hidden));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line in a thousand is of a whole second: its hash is of `.000` all the same.
    #[test]
    fn a_whole_second_has_its_milliseconds() {
        for (at, written) in
            [(1_796_000_000_000, "\"2026-11-30T00:53:20.000Z\""), (1_796_000_000_120, "\"2026-11-30T00:53:20.120Z\"")]
        {
            let mut json = Vec::new();
            let at = DateTime::from_timestamp_millis(at).unwrap_or_default();
            let done = as_logged(&at, &mut serde_json::Serializer::new(&mut json));
            assert!(done.is_ok());
            assert_eq!(String::from_utf8_lossy(&json), written);
        }
    }
}
