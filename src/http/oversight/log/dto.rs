//! Views of the log: hashes in hexadecimal, notes as they are signed.

use crate::http::kernel::reply::View;
use crate::kernel::error::{AppError, Result};
use crate::persistence::oversight::log::{leaf_of, line_of};
use crate::service::oversight::log::{Consistency, Inclusion};
use chrono::{DateTime, Utc};
use domain::oversight::audit::AuditAction;
use domain::oversight::log::note::Checkpoint;
use entity::oversight::audit_entries;
use entity::oversight::log::{checkpoints, cosignatures};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// 检查点
#[derive(Serialize, ToSchema)]
pub struct CheckpointView {
    pub id: Uuid,
    /// 日志行数
    pub size: i64,
    /// 根，64 位十六进制
    pub root: String,
    /// 已签名的检查点（C2SP tlog-checkpoint），含见证签名
    pub note: String,
    /// 见证人
    pub witnesses: Vec<String>,
    pub created_at: DateTime<Utc>,
}

impl View for CheckpointView {}

impl CheckpointView {
    pub fn of(row: checkpoints::Model, signed: &[cosignatures::Model]) -> Self {
        let signed: Vec<_> = signed.iter().filter(|line| line.checkpoint_id == row.id).collect();
        let note = signed.iter().fold(row.note, |note, cosigned| format!("{note}{}\n", cosigned.line.trim_end()));
        let witnesses = signed.iter().map(|cosigned| cosigned.witness.clone()).collect();
        Self { id: row.id, size: row.size, root: row.root, note, witnesses, created_at: row.created_at }
    }
}

/// 存证日志
#[derive(Serialize, ToSchema)]
pub struct LogView {
    #[schema(example = "mingjian/510821")]
    pub origin: String,
    /// 日志行数
    pub size: u64,
    pub root: String,
    /// 目前的检查点，由本服务签名
    pub note: String,
    /// 验证公钥（C2SP signed-note 的 verifier key）
    pub key: String,
    /// 见证人的验证公钥
    pub witnesses: Vec<String>,
    /// 最近一个被见证的检查点
    #[schema(required)]
    pub cosigned: Option<CheckpointView>,
}

impl View for LogView {}

impl LogView {
    pub fn of(
        now: &Checkpoint,
        note: String,
        key: String,
        witnesses: Vec<String>,
        cosigned: Option<CheckpointView>,
    ) -> Self {
        Self { origin: now.origin.clone(), size: now.size, root: hex::encode(now.root), note, key, witnesses, cosigned }
    }
}

/// 包含证明（RFC 9162 §2.1.3）
#[derive(Serialize, ToSchema)]
pub struct InclusionView {
    /// 位置，自 0 起
    pub place: u64,
    /// 该行的哈希值
    pub leaf: String,
    /// 所证日志的行数
    pub size: u64,
    /// 由叶到根的路径
    pub path: Vec<String>,
}

impl View for InclusionView {}

impl From<Inclusion> for InclusionView {
    fn from(proof: Inclusion) -> Self {
        let Inclusion { place, leaf, size, path } = proof;
        Self { place, leaf: hex::encode(leaf), size, path: path.iter().map(hex::encode).collect() }
    }
}

/// 一条审计记录的存证证明
#[derive(Serialize, ToSchema)]
pub struct EntryProofView {
    #[serde(flatten)]
    pub proof: InclusionView,
    /// 计算叶的随机数，32 位十六进制; null where the line tells a credit class that the caller may not read.
    #[schema(required)]
    pub salt: Option<String>,
}

impl View for EntryProofView {}

/// 一致性证明（RFC 9162 §2.1.4）
#[derive(Serialize, ToSchema)]
pub struct ConsistencyView {
    pub from: u64,
    pub to: u64,
    pub proof: Vec<String>,
}

impl View for ConsistencyView {}

impl From<Consistency> for ConsistencyView {
    fn from(proof: Consistency) -> Self {
        Self { from: proof.old, to: proof.new, proof: proof.proof.iter().map(hex::encode).collect() }
    }
}

/// 各行的哈希值
#[derive(Serialize, ToSchema)]
pub struct LeavesView {
    /// 第一个的位置
    pub place: u64,
    pub leaves: Vec<String>,
}

impl View for LeavesView {}

/// 公开事项: a line of the log that is open to everybody, and what it takes to compute its leaf (docs/transparency-log.md §2).
#[derive(Serialize, ToSchema)]
pub struct PublicActView {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    #[schema(value_type = String, example = "FROZEN")]
    pub action: AuditAction,
    /// 抽查任务; the inspection itself where a result may not name its task
    pub record_id: Uuid,
    #[schema(required)]
    pub department_id: Option<Uuid>,
    /// 内容；其规范 JSON 的 SHA-256 即 line.after
    #[schema(value_type = Object)]
    pub content: Value,
    /// 日志所记的原行
    #[schema(value_type = Object)]
    pub line: Value,
    /// 计算叶的随机数，32 位十六进制
    pub salt: String,
    /// 叶，64 位十六进制
    pub leaf: String,
    /// 位置；null: 尚未编入，一两秒后再取
    #[schema(required)]
    pub place: Option<u64>,
}

impl View for PublicActView {}

impl PublicActView {
    pub fn of(row: &audit_entries::Model, place: Option<(String, Option<u64>)>) -> Result<Self> {
        // A line of before there was a log gets its salt when it is taken up.
        let (salt, place) = place.ok_or_else(|| AppError::corrupt("a line that was never logged"))?;

        Ok(Self {
            id: row.id,
            at: row.at,
            action: row.action,
            record_id: row.resource_id,
            department_id: row.department_id,
            content: row.after.clone().unwrap_or_default(),
            line: serde_json::to_value(line_of(row))?,
            leaf: hex::encode(leaf_of(row, &salt)?),
            salt,
            place,
        })
    }
}
