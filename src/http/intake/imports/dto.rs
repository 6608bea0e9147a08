//! Views of imports and findings.

use crate::http::kernel::reply::{View, versioned};
use crate::http::kernel::view::view;
use chrono::{DateTime, Utc};
use domain::intake::imports::{Dataset, Dimension, Severity};
use uuid::Uuid;

view! {
    /// 导入
    pub struct ImportView of entity::intake::imports::Model {
        id: Uuid,
        job_id: Option<Uuid>,
        dataset: Dataset,
        filename: String,
        /// UTF-8, GB18030, UTF-16LE, UTF-16BE, XLSX, XLS, XLSB, ODS or NDJSON; null until the job has begun
        encoding: Option<String>,
        size_bytes: i64,
        sha256: String,
        rows_total: i64,
        rows_created: i64,
        rows_updated: i64,
        rows_unchanged: i64,
        rows_rejected: i64,
        /// 合计、签名等不是记录的行
        rows_skipped: i64,
        findings_count: i64,
        created_by: Uuid,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

versioned!(ImportView);

view! {
    /// 导入问题
    pub struct FindingView of entity::intake::findings::Model {
        id: Uuid,
        import_id: Uuid,
        /// 数据行号, from 1 behind the headings; blank rows keep their number. 0: the file as a whole
        row_no: i64,
        /// 表中行号, the row's number in the sheet, from 1; null for the file as a whole
        sheet_row: Option<i64>,
        /// 列名
        #[schema(example = "统一社会信用代码")]
        field: String,
        #[schema(example = "USCC_CHECK_CHARACTER")]
        rule: String,
        dimension: Dimension,
        /// ERROR 拒绝该行（监管行为：隔离待更正；交换字段有误或单元格已损坏的拒绝），WARNING 保留该行
        severity: Severity,
        message_zh: String,
        message_en: String,
        value: Option<String>,
        created_at: DateTime<Utc>,
    }
}

impl View for FindingView {}
