//! Who acts, how far they reach, and when: the only way time and chance enter the service.

use crate::kernel::error::{AppError, Result};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
pub use domain::access::Actor;
use domain::access::{Reach, Role};
use domain::kernel::clocks::calendar::local_date;
use domain::kernel::text::text;
use std::sync::Arc;
use uuid::Uuid;

/// The context that every service function asks for. Handlers get it from `Access<Permission>` only.
#[derive(Clone, Debug)]
pub struct Ctx {
    pub actor: Arc<Actor>,
    pub reach: Reach,
    pub request_id: String,
    /// Milliseconds, as in the contract, so that what is written is what is read on both databases.
    pub now: DateTime<Utc>,
}

impl Ctx {
    pub fn new(actor: Arc<Actor>, reach: Reach, request_id: String) -> Self {
        Self { actor, reach, request_id, now: now() }
    }

    /// For background work and the trade's commands.
    pub fn system(name: &str) -> Self {
        Self::of_nobody(name, Role::PlatformBusiness)
    }

    /// For commands that keep accounts and keys.
    pub fn console(name: &str) -> Self {
        Self::of_nobody(name, Role::PlatformAdmin)
    }

    fn of_nobody(name: &str, role: Role) -> Self {
        let actor = Actor { departments: Vec::new(), ..Actor::of(Uuid::nil(), name, role, Uuid::nil()) };
        Self::new(Arc::new(actor), Reach::All, format!("{name}-{}", new_id().simple()))
    }

    /// Refuses a department whose records are not the caller's to write in this request; `pointer` is where it was named.
    pub fn check_own(&self, department: Uuid, pointer: &str) -> Result<()> {
        if self.reach == Reach::All || self.actor.departments.contains(&department) {
            return Ok(());
        }
        let detail = text!("应为本部门或其下级。", "The department must be your own or one below it.");
        Err(AppError::invalid_field(pointer, "NOT_OWN_DEPARTMENT", detail))
    }

    /// Today in Asia/Shanghai.
    pub fn today(&self) -> NaiveDate {
        local_date(self.now)
    }
}

/// Now, to the millisecond.
#[expect(clippy::disallowed_methods, reason = "the one place where time enters")]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}

/// A new UUIDv7.
#[expect(clippy::disallowed_methods, reason = "the one place where identifiers are made")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// A new UUIDv4, for records whose moment of making must not be read from their id.
pub fn random_id() -> Uuid {
    uuid::Builder::from_random_bytes(random()).into_uuid()
}

/// Random bytes from the operating system.
#[expect(clippy::disallowed_methods, reason = "the one place where chance enters")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes);
    bytes
}
