//! Views of entry codes and receipts.

use crate::http::kernel::reply::View;
use crate::service::visits::visits::{Issued, Receipt};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// 入企码
#[derive(Serialize, ToSchema)]
pub struct EntryCodeView {
    /// 入企码的全部内容, to be shown as one QR picture
    pub code: String,
    pub expires_at: DateTime<Utc>,
    /// 验证公钥 (Ed25519, base64), by which anybody verifies it offline
    pub public_key: String,
    pub algorithm: &'static str,
}

impl View for EntryCodeView {}

impl From<Issued> for EntryCodeView {
    fn from(issued: Issued) -> Self {
        Self {
            code: issued.code,
            expires_at: issued.said.expires_at,
            public_key: BASE64.encode(issued.public_key),
            algorithm: "mingjian-entry/1 (Ed25519)",
        }
    }
}

/// 扫码回执
#[derive(Serialize, ToSchema)]
pub struct EntryReceiptView {
    /// 入企检查编号
    pub visit: String,
    pub object: String,
    pub bodies: Vec<EntryBodyView>,
    pub window_from: NaiveDate,
    pub window_to: NaiveDate,
    /// 首次扫码登记的时间; null before they have entered: nothing is noted yet.
    #[schema(required)]
    pub scanned_at: Option<DateTime<Utc>>,
    /// 评价凭证: rates or complains once; given with the first scans after the entry. The body cannot learn whose it is.
    #[schema(required)]
    pub feedback_token: Option<String>,
    /// 回执签名 (Ed25519, base64), over `mingjian-receipt/1`, the visit and the time, a line each
    pub signature: String,
}

impl View for EntryReceiptView {}

/// 来检查的部门
#[derive(Serialize, ToSchema)]
pub struct EntryBodyView {
    pub body: String,
    /// 检查事项
    pub items: Vec<String>,
    /// 行政执法证号
    pub certificates: Vec<String>,
}

impl From<Receipt> for EntryReceiptView {
    fn from(receipt: Receipt) -> Self {
        let said = receipt.said;
        let body = |one: domain::visits::entry::EntryBody| EntryBodyView {
            body: one.body,
            items: one.items,
            certificates: one.certificates,
        };

        Self {
            visit: said.visit,
            object: said.object,
            bodies: said.bodies.into_iter().map(body).collect(),
            window_from: said.from,
            window_to: said.to,
            scanned_at: receipt.scanned_at,
            feedback_token: receipt.feedback_token,
            signature: BASE64.encode(receipt.signature),
        }
    }
}
