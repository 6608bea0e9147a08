//! A change and its lines of the audit trail: nothing commits without them.

use crate::kernel::error::Result;
use domain::oversight::audit::AuditAction;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// The resource of lines that are open to everybody.
pub const PUBLIC_ACTS: &str = "public-acts";

/// One line of the audit trail.
#[derive(Debug)]
pub struct Event {
    pub action: AuditAction,
    pub resource: &'static str,
    pub resource_id: Uuid,
    pub department_id: Option<Uuid>,
    pub reason: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// That the line is open to everybody, and so names nobody.
    pub public: bool,
}

impl Event {
    pub fn new(action: AuditAction, resource: &'static str, resource_id: Uuid) -> Self {
        Self {
            action,
            resource,
            resource_id,
            department_id: None,
            reason: None,
            before: None,
            after: None,
            public: false,
        }
    }

    /// An act that everybody may see, and prove to stand in the log.
    pub fn public(action: AuditAction, record: Uuid, content: Value) -> Self {
        Self { after: Some(content), public: true, ..Self::new(action, PUBLIC_ACTS, record) }
    }

    pub fn before(mut self, value: &impl Serialize) -> Self {
        self.before = serde_json::to_value(value).ok();
        self
    }

    pub fn after(mut self, value: &impl Serialize) -> Self {
        self.after = serde_json::to_value(value).ok();
        self
    }

    pub fn department(mut self, id: impl Into<Option<Uuid>>) -> Self {
        self.department_id = id.into();
        self
    }

    pub fn reason(mut self, reason: impl Into<Option<String>>) -> Self {
        self.reason = reason.into();
        self
    }
}

/// A change that was made, with the audit lines that go with it: nothing commits without them.
#[derive(Debug)]
pub struct Change<T> {
    pub value: T,
    events: Vec<Event>,
}

impl<T> Change<T> {
    pub fn new(value: T, event: Event) -> Self {
        Self { value, events: vec![event] }
    }

    /// An answer of a change that turned out to change nothing.
    pub fn unmade(value: T) -> Self {
        Self { value, events: Vec::new() }
    }

    pub fn and(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// Takes over another change's audit lines.
    pub fn with<U>(mut self, other: Change<U>) -> Self {
        self.events.extend(other.events);
        self
    }

    /// The value and the audit lines.
    pub fn into_parts(self) -> (T, Vec<Event>) {
        (self.value, self.events)
    }

    /// The audit lines alone, for another change that brings this one with it.
    pub fn into_events(self) -> Vec<Event> {
        self.events
    }

    pub fn and_all(mut self, events: impl IntoIterator<Item = Event>) -> Self {
        self.events.extend(events);
        self
    }

    pub fn try_map<U>(self, f: impl FnOnce(T) -> Result<U>) -> Result<Change<U>> {
        Ok(Change { value: f(self.value)?, events: self.events })
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Change<U> {
        Change { value: f(self.value), events: self.events }
    }
}
