//! Views of departments.

use crate::http::kernel::reply::versioned;
use crate::http::kernel::view::view;
use chrono::{DateTime, Utc};
use uuid::Uuid;

view! {
    /// 部门
    pub struct DepartmentView of entity::register::departments::Model {
        id: Uuid,
        /// 部门编码: area code and serial.
        #[schema(example = "51082103")]
        code: String,
        name: String,
        short_name: String,
        /// GOVERNMENT_OFFICE, APPROVAL_BUREAU, MARKET_REGULATION, JUSTICE, DEPARTMENT or TOWNSHIP
        kind: String,
        uscc: Option<String>,
        region_code: String,
        /// 监管部门 (national code, dictionary supervise-dept)
        duty_code: Option<String>,
        /// 机关代字
        document_word: Option<String>,
        parent_id: Option<Uuid>,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

versioned!(DepartmentView);
