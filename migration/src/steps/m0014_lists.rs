//! Step 14: an index in its order for each filter, and for each reach, of the lists that grow with the years.

use crate::columns::index;
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step {
        name: "m0014_lists",
        tables: &[],
        indexes: &[
            index("objects", &["object_type", "created_at", "id"]),
            index("objects", &["region_code", "created_at", "id"]),
            index("objects", &["industry_code", "created_at", "id"]),
            index("objects", &["registration_status", "created_at", "id"]),
            index("inspections", &["status", "created_at", "id"]),
            index("inspections", &["department_id", "published_at", "id"]),
            index("follow_ups", &["status", "created_at", "id"]),
            index("risk_clues", &["township_code", "created_at", "id"]),
            index("risk_clues", &["sender_id", "created_at", "id"]),
            index("risk_clues", &["name"]),
            index("risk_clues", &["domain", "created_at", "id"]),
            index("risk_clues", &["level", "created_at", "id"]),
            index("risk_clues", &["source", "created_at", "id"]),
            index("risk_clues", &["source_no"]),
            index("risk_clues", &["flag", "created_at", "id"]),
            index("risk_clues", &["verdict", "created_at", "id"]),
            index("risk_clues", &["model_id", "created_at", "id"]),
            index("risk_clues", &["master_id"]),
            index("risk_hits", &["created_at", "id"]),
            index("risk_hits", &["model_id", "created_at", "id"]),
            index("risk_hits", &["run_id", "created_at", "id"]),
            index("risk_hits", &["object_id"]),
            index("risk_hits", &["shadow", "created_at", "id"]),
            index("risk_hits", &["level", "created_at", "id"]),
            index("credit_classifications", &["scheme", "received_at", "id"]),
            index("credit_classifications", &["level", "received_at", "id"]),
            index("credit_classifications", &["batch", "received_at", "id"]),
            index("credit_classifications", &["local_class", "received_at", "id"]),
            index("audit_entries", &["action", "at"]),
            index("audit_entries", &["resource", "at"]),
            index("audit_entries", &["resource_id", "at"]),
            index("findings", &["import_id", "field", "row_no", "id"]),
            index("findings", &["import_id", "rule", "row_no", "id"]),
            index("findings", &["import_id", "severity", "row_no", "id"]),
        ],
    },
    columns: &[],
    without: &[index("risk_hits", &["run_id"]), index("audit_entries", &["resource", "resource_id", "at"])],
};
