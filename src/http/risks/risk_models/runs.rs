//! Views of runs and of what they hit.

use crate::http::kernel::reply::{View, versioned};
use crate::http::kernel::view::view;
use chrono::{DateTime, NaiveDate, Utc};
use domain::kernel::stored::Stored;
use domain::risks::risk_clues::RiskLevel;
use domain::risks::risk_models::{RunTally, Trace};
use std::collections::BTreeMap;
use uuid::Uuid;

view! {
    /// 模型运行
    pub struct RunView of entity::risks::risk_runs::Model {
        id: Uuid,
        /// 全量
        whole: bool,
        /// 研判的对象数
        evaluated: i64,
        /// 命中数, over all versions
        fired: i64,
        /// 生成线索数
        raised: i64,
        /// 各版本: evaluated, fired, raised, and how it agreed with the other version of its model
        #[schema(value_type = std::collections::HashMap<String, Value>)]
        models: Stored<BTreeMap<Uuid, RunTally>>,
        finished_at: Option<DateTime<Utc>>,
        created_by: Uuid,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

versioned!(RunView);

view! {
    /// 模型命中
    pub struct HitView of entity::risks::risk_hits::Model {
        id: Uuid,
        model_id: Uuid,
        number: i32,
        /// 影子运行的命中不生成线索
        shadow: bool,
        object_id: Uuid,
        fired_on: NaiveDate,
        score: i32,
        #[schema(value_type = RiskLevel)]
        level: String,
        /// 命中依据
        #[schema(value_type = std::collections::HashMap<String, Value>)]
        trace: Stored<Trace>,
        clue_id: Option<Uuid>,
        run_id: Uuid,
        created_at: DateTime<Utc>,
    }
}

impl View for HitView {}
