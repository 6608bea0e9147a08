//! Issuing: the number is taken, what is stored is written down, the files are made, all in one change. Where it is taken back, so
//! is the number, and the files are orphans.

use super::draft::check_inputs;
use super::{FOLDER, Filled, facts, facts_of, template};
use crate::app::App;
use crate::kernel::ctx::random;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::oversight::log as log_store;
use crate::persistence::register::departments;
use crate::service::records::files;
use chrono::Datelike;
use domain::access::Decide;
use domain::kernel::text::{listed, text};
use domain::oversight::audit::AuditAction;
use domain::records::documents::templates::{Template, Values, in_words};
use domain::records::documents::{DocumentAction, LogMark};
use domain::records::sheets::{Sheet, Stamp};
use entity::records::documents::{Column, Entity, Model};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Signs of a verify code: what nobody confuses on paper.
const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

pub async fn issue(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Model>> {
    let ctx = tx.ctx();
    let mut row = tx.edit::<Entity>(id, version).await?;

    row.status = facts_of(tx.conn(), &row).await?.decide(&ctx.actor, DocumentAction::Issue)?;
    let template = template(row.kind, row.template_version)?;
    let mut filled = Filled::open(app, &row).await?;
    check_inputs(template, &filled.inputs, true)?;
    filled.fields = facts::gather(app, tx.conn(), ctx, &row).await?;
    check_characters(&filled)?;

    let today = ctx.today();
    let number = number(tx, &row, template, today.year()).await?;
    filled.fields.insert("number".to_owned(), number.clone());
    filled.fields.insert("issued_on".to_owned(), in_words(today));
    let code = verify_code();
    let mark = mark(tx).await?;
    let stamp = stamp(app, &code, mark.as_ref());
    let made_on = (today.year(), today.month(), today.day());
    let sheet = template.sheet(&filled.fields, &filled.inputs, made_on, Some(stamp));

    let (pdf, docx) = set(sheet).await?;
    row.pdf_sha256 = Some(hex::encode(Sha256::digest(&pdf)));
    row.docx_sha256 = Some(hex::encode(Sha256::digest(&docx)));
    row.pdf_key = Some(files::keep(app, FOLDER, &pdf).await?);
    row.docx_key = Some(files::keep(app, FOLDER, &docx).await?);
    (row.content, row.content_sha256) = filled.seal(app, id).await?;
    row.number = Some(number);
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
    let series = format!("{word}{}〔{year}〕", template.number_word);
    let number = serials::next::<Entity>(tx, Column::Number, &series, 1).await?;
    Ok(format!("{number}号"))
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
pub(super) fn stamp(app: &App, code: &str, mark: Option<&LogMark>) -> Stamp {
    let address = format!("{}/verify/documents/{code}", app.settings.server.public_address);
    let mut lines = vec![format!("扫码核验真伪，核验码 {code}")];
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

/// What cannot be printed is said before it is an empty box on paper: each sign, and where it stands.
fn check_characters(filled: &Filled) -> Result<()> {
    let missing = |values: &Values| {
        let of = |(name, value): (&String, &String)| {
            let missing = typesetting::missing_characters(&[value]);
            (!missing.is_empty()).then(|| (name.clone(), missing))
        };
        values.iter().filter_map(of).collect::<Vec<_>>()
    };

    let inputs = missing(&filled.inputs).into_iter().map(|(name, signs)| (format!("/inputs/{name}"), signs));
    let fields = missing(&filled.fields).into_iter().map(|(name, signs)| (format!("/fields/{name}"), signs));
    let errors = inputs.chain(fields).map(|(pointer, signs)| {
        let signs = listed(signs.into_iter().map(String::from));
        let detail = text!(
            "字库没有“{zh}”，无法印制；请改用可印的写法。",
            "No font has {en}: it cannot be printed; write it in another way.",
            zh = signs.zh,
            en = signs.en
        );
        FieldError::new(pointer, "NOT_PRINTABLE", detail)
    });
    let errors: Vec<_> = errors.collect();
    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}
