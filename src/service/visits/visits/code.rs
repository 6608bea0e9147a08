//! 入企码: what officers show, what the enterprise scans, and the receipt that it gets.

use super::{Visit, complete_one, decision_facts, record, store};
use crate::app::App;
use crate::kernel::ctx::{Ctx, random};
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::spot_checks::spot_check_items;
use crate::persistence::visits::feedback;
use crate::service::oversight::log::{sign, verifier_key};
use chrono::{DateTime, Datelike, Days, Utc};
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::visits::entry::{DAYS, EntryBody, EntryCode, LONGEST, assemble, open, payload};
use domain::visits::{EntryMode, VisitStatus};
use entity::visits::visit_feedback_tokens;
use entity::visits::visits::{Entity, Model};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use validator::Validate;

/// 扫入企码
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"code": "MJE1.eyJ2aXNpdCI6IlYxIn0.AAAA"})))]
pub struct ScanBody {
    /// 入企码的全部内容
    #[schema(min_length = 1, max_length = 4000, pattern = "\\S")]
    pub code: String,
}

/// An entry code as it is issued, and the key that signed it.
pub struct Issued {
    pub code: String,
    pub said: EntryCode,
    pub public_key: [u8; 32],
}

/// What an enterprise has in hand after it scanned.
pub struct Receipt {
    pub said: EntryCode,
    /// When it was first scanned; none where nobody has entered yet.
    pub scanned_at: Option<DateTime<Utc>>,
    /// 评价凭证: with the first scans of a visit that was entered.
    pub feedback_token: Option<String>,
    /// Over `mingjian-receipt/1`, the visit's code and the time, a line each.
    pub signature: [u8; 64],
}

/// So many scans of a visit come with a right to say something: whoever scans first does not take the only one.
const TOKENS: i32 = 3;

/// Whether somebody may come: it was approved, or is urgent.
fn is_shown(visit: &Model) -> bool {
    matches!(visit.status, VisitStatus::Approved | VisitStatus::Notified | VisitStatus::Entered)
}

/// The code of a visit that may be made, valid until its window ends and seven days at most.
pub async fn entry_code(app: &App, ctx: &Ctx, visit: &Visit) -> Result<Issued> {
    if !is_shown(&visit.visit) {
        // It is not there yet, or not any more.
        let detail = text!("批准后、离开前方可出示入企码。", "There is a code from the approval until you leave.");
        return Err(Refusal::new(Code::NotFound, detail).into());
    }
    let longest = ctx.now.checked_add_days(Days::new(DAYS)).unwrap_or(ctx.now);
    let last = visit.visit.window_to.succ_opt().unwrap_or(visit.visit.window_to);
    let ends = domain::kernel::clocks::calendar::start_of(last).min(longest);
    // An urgent entry has no window to keep to.
    let expires_at = if visit.visit.urgent { longest } else { ends };

    let mut said = said(app, visit, ctx.now, expires_at).await?;
    let (mut text, mut signed) = payload(&said).map_err(AppError::internal)?;
    if text.len() + 100 > LONGEST {
        // Too much for one picture: how many items instead of which.
        for body in &mut said.bodies {
            body.items = vec![format!("共 {} 项", body.items.len())];
        }
        (text, signed) = payload(&said).map_err(AppError::internal)?;
    }
    let (public_key, signature) = sign(app, &signed)?;
    Ok(Issued { code: assemble(&text, &signature), said, public_key })
}

async fn said(app: &App, visit: &Visit, issued_at: DateTime<Utc>, expires_at: DateTime<Utc>) -> Result<EntryCode> {
    let mut bodies: Vec<EntryBody> = Vec::new();
    for part in &visit.parts.parts {
        let own: Vec<_> = visit.parts.live().filter(|one| one.department_id == part.department_id).collect();
        let mut items = Vec::new();
        for inspection in &own {
            let ids = inspections::items_of(&app.db, inspection.task_id, inspection.department_id).await?;
            items.extend(spot_check_items::by_ids(&app.db, ids).await?.into_iter().map(|item| item.name));
        }
        let of_body = |officer: &&entity::inspections::inspection_officers::Model| {
            own.iter().any(|inspection| inspection.id == officer.inspection_id)
        };
        let mut certificates: Vec<_> =
            visit.parts.officers.iter().filter(of_body).filter_map(|officer| officer.certificate_no.clone()).collect();
        certificates.sort();
        certificates.dedup();
        items.sort();
        items.dedup();
        let body = visit.departments.get(&part.department_id).cloned().unwrap_or_default();
        bodies.push(EntryBody { body, items, certificates });
    }

    let (object, uscc) = visit.object.clone().unwrap_or_default();
    Ok(EntryCode {
        visit: visit.visit.code.clone(),
        object,
        uscc,
        bodies,
        from: visit.visit.window_from,
        to: visit.visit.window_to,
        issued_at,
        expires_at,
        nonce: visit.visit.nonce.clone(),
    })
}

/// The enterprise scans: the visit was there, and whoever scanned may say once what they think of it.
pub async fn scan(app: &App, ctx: &Ctx, body: ScanBody) -> Result<Receipt> {
    write(&app.db, ctx, async |tx| scanned(app, tx, &body).await).await
}

async fn scanned(app: &App, tx: &WriteTx, body: &ScanBody) -> Result<Change<Receipt>> {
    let now = tx.ctx().now;
    let said = open(&body.code, &verifier_key(app)?.public, now)?;
    let found = store::by_nonce(tx.conn(), &said.nonce).await?.filter(|visit| visit.code == said.visit);
    let found = found.ok_or_else(|| gone(""))?;
    lock_row::<Entity>(tx.conn(), found.id).await?;
    let visit = store::by_id(tx.conn(), found.id).await?.ok_or_else(|| gone(""))?;
    if !is_shown(&visit) {
        return Err(gone(visit.status.label()));
    }

    let done = complete_one(tx.conn(), visit).await?;
    // Who comes, by the record of now; the code says until when.
    let said = self::said(app, &done, said.issued_at, said.expires_at).await?;
    let Visit { visit, parts, .. } = done;
    if visit.status != VisitStatus::Entered || visit.tokens >= TOKENS {
        // Nothing is noted: they are at the door still, or it was scanned often enough.
        let receipt = receipt(app, said, visit.scanned_at, None)?;
        return Ok(Change::unmade(receipt));
    }

    let before = record(&visit, &parts);
    let mut visit = tx.edit_along::<Entity>(visit);
    let scanned_at = *visit.scanned_at.get_or_insert(now);
    visit.entry_mode = Some(EntryMode::Scan);
    visit.tokens += 1;
    let token = give_token(tx, &decision_facts(&visit, &parts)).await?;
    let saved = visit.write().await?;

    let event = Event::of::<Entity>(AuditAction::Scanned, &saved).before(&before).after(&record(&saved, &parts));
    Ok(Change::new(receipt(app, said, Some(scanned_at), Some(token))?, event))
}

fn receipt(
    app: &App,
    said: EntryCode,
    scanned_at: Option<DateTime<Utc>>,
    feedback_token: Option<String>,
) -> Result<Receipt> {
    let at = scanned_at.map(|at| at.to_rfc3339()).unwrap_or_default();
    let signature = sign(app, &format!("mingjian-receipt/1\n{}\n{at}", said.visit))?.1;
    Ok(Receipt { said, scanned_at, feedback_token, signature })
}

fn gone(state: &str) -> AppError {
    let state = if state.is_empty() { "已失效" } else { state };
    Refusal::new(
        Code::EntryCodeInvalid,
        text!(
            "该入企检查{state}，入企码不再有效；请核实来人身份。",
            "The visit of this code is not to be made any more; ask who they are."
        ),
    )
    .into()
}

/// A right to say something once, of these bodies and this month. Nothing of it leads back to the visit.
async fn give_token(tx: &WriteTx, visit: &domain::visits::VisitFacts) -> Result<String> {
    let token = hex::encode(random::<32>());
    let today = tx.ctx().today();
    let departments: Vec<_> = visit.parts.iter().map(|part| part.department_id).collect();
    let row = visit_feedback_tokens::Model {
        digest: hex::encode(Sha256::digest(&token)),
        department_ids: departments.into(),
        month: today.with_day(1).unwrap_or(today),
        used: false,
    };
    feedback::keep_token(tx.conn(), row).await?;
    Ok(token)
}
