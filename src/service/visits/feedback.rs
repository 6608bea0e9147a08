//! 企业评价和投诉: said with the token of a receipt, once. The body that it is about learns sums, never who said it.

use crate::app::App;
use crate::kernel::ctx::{Ctx, random_id};
use crate::kernel::error::{AppError, Result};
use crate::kernel::input::rule;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::visits::feedback as store;
use domain::access::Decide;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::visits::feedback::{FeedbackAction, FeedbackFacts, FeedbackStatus};
use entity::visits::visit_feedback::{Entity, Model};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// 企业评价
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_said))]
#[schema(examples(json!({"token": "5f".repeat(32), "score": 5})))]
pub struct FeedbackBody {
    /// 扫码回执中的评价凭证
    #[schema(pattern = "^[0-9a-f]{64}$", min_length = 64, max_length = 64)]
    pub token: String,
    /// 1 很不满意 … 5 很满意
    #[schema(minimum = 1, maximum = 5)]
    #[serde(default)]
    pub score: Option<i32>,
    /// 投诉: goes to the justice bureau.
    #[schema(min_length = 2, max_length = 4000, pattern = "\\S")]
    #[serde(default)]
    pub complaint: Option<String>,
}

/// 处理投诉
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"answer": "已核实，责成整改"})))]
pub struct HandleBody {
    #[schema(min_length = 2, max_length = 4000, pattern = "\\S.*\\S")]
    pub answer: String,
}

fn check_said(body: &FeedbackBody) -> std::result::Result<(), ValidationError> {
    if body.score.is_none() && body.complaint.is_none() {
        return Err(rule("/score", "请评分或填写投诉内容。", "Give a score or a complaint."));
    }
    Ok(())
}

/// An enterprise says what it thinks; its token is used up.
pub async fn give(app: &App, ctx: &Ctx, body: FeedbackBody) -> Result<Model> {
    write(&app.db, ctx, async |tx| given(tx, body.clone()).await).await
}

async fn given(tx: &WriteTx, body: FeedbackBody) -> Result<Change<Model>> {
    let digest = hex::encode(Sha256::digest(&body.token));
    let unknown = || {
        let detail = text!("评价凭证无效或已使用。", "The token is not known, or was used.");
        AppError::invalid_field("/token", "NOT_VALID", detail)
    };
    let token = store::token(tx.conn(), &digest).await?.ok_or_else(unknown)?;
    if !store::use_token(tx.conn(), &digest).await? {
        return Err(unknown());
    }
    let complains = body.complaint.is_some();
    for department in &token.department_ids.0 {
        store::add_score(tx.conn(), (*department, token.month), body.score, complains).await?;
    }

    let row = Model {
        // In no order of time.
        id: random_id(),
        department_ids: token.department_ids,
        month: token.month,
        score: body.score,
        complaint: body.complaint,
        status: if complains { FeedbackStatus::Received } else { FeedbackStatus::Rated },
        answer: None,
        handled_by: None,
        version: 1,
        created_at: tx.ctx().now,
        updated_at: tx.ctx().now,
    };
    let saved = insert(tx, row).await?;
    let event = Event::of::<Entity>(AuditAction::Rated, &saved).after(&saved);
    Ok(Change::new(saved, event))
}

pub fn decision_facts(row: &Model) -> FeedbackFacts {
    FeedbackFacts { status: row.status }
}

/// The justice bureau has looked into a complaint.
pub async fn handle(tx: &WriteTx, id: Uuid, version: i32, body: HandleBody) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;
    row.status = decision_facts(&row).decide(&tx.ctx().actor, FeedbackAction::Handle)?;
    row.answer = Some(body.answer);
    row.handled_by = Some(tx.ctx().actor.id);
    row.save(AuditAction::Disposed, None).await
}
