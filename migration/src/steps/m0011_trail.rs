//! Step 11: the trail is found by request and by department without reading the whole.

use crate::columns::index;
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration::none(Step {
    name: "m0011_trail",
    tables: &[],
    indexes: &[index("audit_entries", &["request_id"]), index("audit_entries", &["department_id", "at"])],
});
