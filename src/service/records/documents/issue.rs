//! Issuing: the number is taken, what is stored is written down, the files are made, all in one change. Where it is taken back, so
//! is the number, and the files are orphans.

use super::draft::check_inputs;
use super::{FOLDER, Filled, facts, facts_of, template};
use crate::app::App;
use crate::kernel::ctx::random;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::oversight::log as log_store;
use crate::persistence::register::departments;
use crate::service::records::files;
use chrono::Datelike;
use domain::access::Decide;
use domain::kernel::text::{listed, text};
use domain::oversight::audit::AuditAction;
use domain::records::documents::templates::{Template, Values, in_words, printable};
use domain::records::documents::{DocumentAction, LogMark};
use domain::records::sheets::{Sheet, Stamp};
use entity::inspections::inspections::Entity as Inspections;
use entity::records::documents::{Entity, Model};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Signs that a document may have in all.
const LONGEST: usize = 60_000;

/// Signs of a verify code: what nobody confuses on paper.
const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

pub async fn issue(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Model>> {
    let ctx = tx.ctx();
    let mut row = tx.edit::<Entity>(id, version).await?;
    // What is gathered is of one moment: nobody records another result meanwhile.
    lock_row::<Inspections>(tx.conn(), row.inspection_id).await?;

    row.status = facts_of(tx.conn(), &row).await?.decide(&ctx.actor, DocumentAction::Issue)?;
    let (template, today) = (template(row.kind, row.template_version)?, ctx.today());
    let mut filled = Filled::open(app, &row).await?;
    check_inputs(template, &filled.inputs, Some(today))?;
    filled.fields = facts::gather(app, tx.conn(), ctx, &row).await?;
    check_fields(template, &filled)?;

    let number = number(tx, &row, template, today.year()).await?;
    filled.fields.insert("number".to_owned(), number.clone());
    filled.fields.insert("issued_on".to_owned(), in_words(today));
    (row.content, row.content_sha256) = filled.seal(app, id).await?;
    let code = verify_code();
    let mark = mark(tx).await?;
    let stamp = stamp(app, &code, &row.content_sha256, mark.as_ref());
    let made_on = (today.year(), today.month(), today.day());
    let sheet = template.sheet(&filled.fields, &filled.inputs, made_on, Some(stamp.clone()));

    let (pdf, docx) = set(sheet).await?;
    row.pdf_sha256 = Some(hex::encode(Sha256::digest(&pdf)));
    row.docx_sha256 = Some(hex::encode(Sha256::digest(&docx)));
    row.pdf_key = Some(files::keep(app, FOLDER, &pdf).await?);
    row.docx_key = Some(files::keep(app, FOLDER, &docx).await?);
    row.number = Some(number);
    row.body_name = filled.fields.get("body_name").cloned();
    row.stamp = Some(stamp.into());
    row.issued_on = Some(today);
    row.verify_code = Some(code);
    row.checkpoint = mark.map(Into::into);
    row.issued_by = Some(ctx.actor.id);
    row.issued_at = Some(ctx.now);

    let change = row.save(AuditAction::Issued, None).await?;
    let act = public_act(AuditAction::Issued, &change.value);
    Ok(change.and(act))
}

/// Makes a document void; its number stays, and whoever verifies the paper is told.
pub async fn void(tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;

    row.status = facts_of(tx.conn(), &row).await?.decide(&tx.ctx().actor, DocumentAction::Void)?;
    row.void_reason = Some(reason.clone());
    row.voided_at = Some(tx.ctx().now);

    let change = row.save(AuditAction::Voided, Some(reason)).await?;
    let act = public_act(AuditAction::Voided, &change.value);
    Ok(change.and(act))
}

/// What everybody may see of it, and prove to stand in the log: no word of what it says.
fn public_act(action: AuditAction, row: &Model) -> Event {
    let content = json!({
        "kind": row.kind, "number": row.number, "pdf_sha256": row.pdf_sha256, "docx_sha256": row.docx_sha256,
    });
    Event::public(action, row.id, content).department(row.department_id)
}

/// `旺市监检通〔2026〕12号`: without a gap for each body, kind and year.
async fn number(tx: &WriteTx, row: &Model, template: &Template, year: i32) -> Result<String> {
    let department = departments::get(tx.conn(), row.department_id).await?;
    let word = department.document_word.unwrap_or(department.short_name);
    let series = format!("documents:{}:{}:{year}", row.department_id, row.kind.code());
    let number = serials::next_number(tx, &series).await?;
    Ok(format!("{word}{}〔{year}〕{number}号", template.number_word))
}

fn verify_code() -> String {
    random::<16>().iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect()
}

/// The newest checkpoint: the document was not there before.
async fn mark(tx: &WriteTx) -> Result<Option<LogMark>> {
    let newest = log_store::newest_checkpoint(tx.conn()).await?;
    Ok(newest.map(|found| LogMark { size: u64::try_from(found.size).unwrap_or_default(), root: found.root }))
}

/// What stands at the foot of each page.
fn stamp(app: &App, code: &str, content: &str, mark: Option<&LogMark>) -> Stamp {
    let address = format!("{}/verify/documents/{code}", app.settings.server.public_address);
    let content = content.get(..16).unwrap_or(content);
    let mut lines = vec![format!("核验码 {code}　内容摘要 {content}…"), address.clone()];
    if let Some(LogMark { size, root }) = mark {
        let root = root.get(..16).unwrap_or(root);
        lines.push(format!("存证日志检查点 {size} · {root}…"));
    }
    Stamp { address, lines }
}

/// Both files of a sheet, made beside what else the process does.
pub(super) async fn set(sheet: Sheet) -> Result<(Vec<u8>, Vec<u8>)> {
    let made = tokio::task::spawn_blocking(move || Ok((typesetting::pdf(&sheet)?, typesetting::docx(&sheet)?)));
    let made: std::result::Result<_, typesetting::Fault> = made.await.map_err(AppError::internal)?;
    made.map_err(AppError::internal)
}

/// Refuses what cannot be issued so: a field that is needed and not known, more than a paper can say, signs that no font has.
fn check_fields(template: &Template, filled: &Filled) -> Result<()> {
    let missing = template.missing(&filled.fields).into_iter().map(|(name, label)| {
        let detail =
            text!("平台上还没有“{label}”，请先办理相应事项。", "{name} is not known yet: do first what it comes from.");
        FieldError::new(format!("/fields/{name}"), "REQUIRED", detail)
    });
    let missing: Vec<_> = missing.collect();
    if !missing.is_empty() {
        return Err(AppError::invalid(missing));
    }

    let signs: usize = filled.fields.values().chain(filled.inputs.values()).map(|value| value.chars().count()).sum();
    if signs > LONGEST {
        let detail = text!("文书内容共 {signs} 字，超过 {LONGEST} 字。", "It has {signs} signs; {LONGEST} at most.");
        return Err(AppError::invalid_field("", "TOO_LONG", detail));
    }
    check_characters(filled)
}

/// What cannot be printed is said before it is an empty box on paper: each sign, and where it stands.
fn check_characters(filled: &Filled) -> Result<()> {
    let missing = |values: &Values| {
        let of = |(name, value): (&String, &String)| {
            let missing = typesetting::missing_characters(&[&printable(value)]);
            (!missing.is_empty()).then(|| (name.clone(), missing))
        };
        values.iter().filter_map(of).collect::<Vec<_>>()
    };

    let inputs = missing(&filled.inputs).into_iter().map(|(name, signs)| (format!("/inputs/{name}"), signs));
    let fields = missing(&filled.fields).into_iter().map(|(name, signs)| (format!("/fields/{name}"), signs));
    let errors = inputs.chain(fields).map(|(pointer, signs)| {
        let signs = listed(signs.into_iter().map(|sign| format!("{sign}（U+{:04X}）", u32::from(sign))));
        let detail = text!(
            "字库没有{zh}，无法印制；填写的内容请改用其他写法，登记的名称请联系管理员补充字库。",
            "No font has {en}: it cannot be printed; write it in another way.",
            zh = signs.zh,
            en = signs.en
        );
        FieldError::new(pointer, "NOT_PRINTABLE", detail)
    });
    let errors: Vec<_> = errors.collect();
    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}
