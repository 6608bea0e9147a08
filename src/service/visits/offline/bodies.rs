//! What a device asks for, and what it sends.

use crate::kernel::input::{moment, rule};
use crate::service::inspections::inspections::ResultBody;
use chrono::{DateTime, Utc};
use domain::visits::offline::OfflineAction;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// 领取离线作业包
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"device": "执法终端 03"})))]
pub struct PassBody {
    /// 设备名称, as the officer knows it
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub device: String,
    /// 要带走的检查; empty: all of one's own whose results are still to be recorded, the oldest fifty.
    #[schema(max_items = 50)]
    #[serde(default)]
    pub inspection_ids: Vec<Uuid>,
}

/// 回传离线记录
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_records))]
#[schema(examples(json!({
    "sent_at": "2026-11-24T09:30:00Z",
    "records": [{
        "id": "01930000-0000-4000-8000-0000000000aa", "action": "ENTER",
        "subject_id": "01930000-0000-7000-8000-000000000001", "at": "2026-11-24T06:05:00Z", "reason": "厂区地下室无网络"
    }]
})))]
pub struct RecordsBody {
    /// 发送时间 by the device's clock: how far that is off is put right in every record.
    #[serde(deserialize_with = "moment")]
    pub sent_at: DateTime<Utc>,
    /// 离线记录, in any order; one that was sent before changes nothing.
    #[schema(min_items = 1, max_items = 100)]
    pub records: Vec<OfflineRecordBody>,
}

/// 一条离线记录
#[derive(Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OfflineRecordBody {
    /// 记录编号, made on the device and kept for every attempt to send it (UUIDv4 or v7)
    pub id: Uuid,
    pub action: OfflineAction,
    /// 入企检查（进入、离开）或检查（录入结果）
    pub subject_id: Uuid,
    /// 发生时间 by the device's clock
    #[serde(deserialize_with = "moment")]
    pub at: DateTime<Utc>,
    /// 说明: of an entry why it is told later, of a leave why the enterprise did not scan; a standing text where it is left out.
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    #[serde(default)]
    pub reason: Option<String>,
    /// 检查结果: of `RECORD_RESULT`, and of no other.
    #[serde(default)]
    pub result: Option<ResultBody>,
}

fn check_records(body: &RecordsBody) -> std::result::Result<(), ValidationError> {
    let ids: BTreeSet<_> = body.records.iter().map(|record| record.id).collect();
    if ids.len() != body.records.len() {
        return Err(rule("/records", "同一批中记录编号重复。", "A record's id is there twice."));
    }
    let unfit = |record: &OfflineRecordBody| (record.action == OfflineAction::RecordResult) != record.result.is_some();
    if body.records.iter().any(unfit) {
        let zh = "“录入结果”须有检查结果（result），其他操作没有。";
        return Err(rule("/records", zh, "RECORD_RESULT has a result, and no other action has one."));
    }
    Ok(())
}
