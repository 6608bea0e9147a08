//! 存证日志: checkpoints and proofs, for those who watch over the trail and for the public.

mod dto;
mod params;

use crate::http::kernel::extract::{Anonymous, Id, Json, List, Listed, Query, Read, Write};
use crate::http::kernel::openapi::{Api, Group};
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::AuditEntryView;
use crate::kernel::error::Result;
use crate::persistence::kernel::list;
use crate::persistence::kernel::list::Page;
use crate::persistence::oversight::{audit, log as store};
use crate::service::oversight::log::{self, CosignBody};
use domain::access::permit::{LogRead, LogWitness};
use dto::{CheckpointView, ConsistencyView, EntryProofView, InclusionView, LeavesView, LogView, PublicActView};
use params::{Growth, OfEntry, OfPlace, Places};

pub fn routes(api: &mut Api) {
    let mut group = api.group("log", "存证日志");
    group.get(
        "/api/v1/audit/checkpoints",
        "list_checkpoints",
        "查询检查点",
        "审计记录每小时一个检查点：日志的行数和根，由本服务签名，附见证签名。",
        list_checkpoints,
    );
    group.post(
        "/api/v1/audit/checkpoints",
        "sign_checkpoint",
        "生成检查点",
        "对目前的日志签名；行数未变时给出已有的检查点。",
        sign_checkpoint,
    );
    group.post(
        "/api/v1/audit/checkpoints/{id}/cosign",
        "cosign_checkpoint",
        "见证检查点",
        "司法局等见证人以自己的密钥对检查点签名（C2SP tlog-cosignature），此后该检查点之前的记录不能被改写而不被发现。",
        cosign_checkpoint,
    );
    group.get(
        "/api/v1/audit/proofs",
        "prove_audit_entry",
        "审计记录的存证证明",
        "一条审计记录在日志中的位置，以及到根的路径（RFC 9162 包含证明）；尚未编入的记录为 404，稍后再取。",
        prove_entry,
    );
    group.get(
        "/api/v1/audit/consistency",
        "prove_audit_consistency",
        "日志只增不改的证明",
        "较大的日志以较小的日志开头（RFC 9162 一致性证明）。",
        prove_consistency,
    );
}

/// What anybody may ask, beside what else is public.
pub fn public_routes(group: &mut Group) {
    group.get(
        "/api/v1/public/log/checkpoint",
        "get_public_checkpoint",
        "存证日志目前的检查点",
        "行数、根、签名和验证公钥，附最近一个被见证的检查点。任何人都可留存，以便日后核对。",
        public_checkpoint,
    );
    group.get(
        "/api/v1/public/log/acts",
        "list_public_acts",
        "存证日志中的公开事项",
        "抽取的封存、冻结（含回执）、启封、抽取、更换、作废，以及结果的公示与撤回；每项附日志中的原行、随机数和位置，任何人都可核对。",
        public_acts,
    );
    group.get(
        "/api/v1/public/log/entries",
        "list_public_leaves",
        "存证日志的叶",
        "从某一位置起各行的哈希值，一次至多 256 个；任何人都可据以重算根。",
        public_leaves,
    );
    group.get(
        "/api/v1/public/log/proof",
        "get_public_proof",
        "某一位置的存证证明",
        "该位置的哈希值及到根的路径。",
        public_proof,
    );
    group.get(
        "/api/v1/public/log/consistency",
        "get_public_consistency",
        "存证日志只增不改的证明",
        "较大的日志以较小的日志开头。",
        public_consistency,
    );
}

/// Checkpoints as a list.
pub struct Checkpoints;

impl Listed for Checkpoints {
    type Entity = entity::oversight::log::checkpoints::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::CHECKPOINTS;
}

async fn list_checkpoints(read: Read<LogRead>, list: List<Checkpoints>) -> Result<PageReply<CheckpointView>> {
    let page =
        list::page(&read.app.db, &read.ctx, &store::CHECKPOINTS, store::all_checkpoints(), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let ids = items.iter().map(|row| row.id).collect();
    let signed = store::cosignatures_of(&read.app.db, ids).await?;
    let items = items.into_iter().map(|row| CheckpointView::of(row, &signed)).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

async fn sign_checkpoint(write: Write<LogWitness>) -> Result<Created<CheckpointView>> {
    log::seal(&write.app).await?;
    let app = &write.app;
    write.run(async |tx| Ok(log::sign_now(app, tx).await?.map(|row| CheckpointView::of(row, &[])))).await
}

async fn cosign_checkpoint(write: Write<LogWitness>, id: Id, body: Json<CosignBody>) -> Result<Reply<CheckpointView>> {
    let witnesses = &write.app.settings.transparency.witnesses;
    write
        .run(async |tx| {
            let change = log::cosign(tx, witnesses, id.0, body.0.clone()).await?;
            let signed = store::cosignatures_of(tx.conn(), vec![id.0]).await?;
            Ok(change.map(|row| CheckpointView::of(row, &signed)))
        })
        .await
}

async fn prove_entry(read: Read<LogRead>, of: Query<OfEntry>) -> Result<Reply<EntryProofView>> {
    let (proof, line, salt) = log::prove_entry(&read.app, of.0.entry, of.0.size).await?;
    // Whoever may not read a class could try which one gives the leaf.
    let shown = read.ctx.actor.sees_class() || !AuditEntryView::from(line).tells_class();
    Reply::new(EntryProofView { proof: proof.into(), salt: Some(salt).filter(|_| shown) })
}

async fn prove_consistency(read: Read<LogRead>, of: Query<Growth>) -> Result<Reply<ConsistencyView>> {
    Reply::new(log::prove_growth(&read.app, of.0.from.unwrap_or(1), of.0.to).await?.into())
}

async fn public_checkpoint(who: Anonymous) -> Result<Reply<LogView>> {
    let (checkpoint, note) = log::current(&who.app).await?;
    let key = log::verifier_key(&who.app)?.text();
    let cosigned = match store::newest_cosigned(&who.app.db).await? {
        None => None,
        Some(row) => {
            let signed = store::cosignatures_of(&who.app.db, vec![row.id]).await?;
            Some(CheckpointView::of(row, &signed))
        }
    };
    let witnesses = who.app.settings.transparency.witnesses.clone();
    Ok(Reply::new(LogView::of(&checkpoint, note, key, witnesses, cosigned))?.public())
}

/// Acts that everybody may see, as a list.
pub struct PublicActs;

impl Listed for PublicActs {
    type Entity = entity::oversight::audit_entries::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &audit::PUBLIC_LISTING;
}

async fn public_acts(who: Anonymous, list: List<PublicActs>) -> Result<PageReply<PublicActView>> {
    let db = &who.app.db;
    let page = list::page(db, &who.ctx, &audit::PUBLIC_LISTING, audit::public_acts(), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let mut places = store::places_of(db, items.iter().map(|row| row.id).collect()).await?;
    let items = items.into_iter().map(|row| PublicActView::of(&row, places.remove(&row.id)));
    let items = items.collect::<Result<_>>()?;
    Ok(PageReply::new(&list, Page { items, next_cursor, total, total_capped })?.public())
}

async fn public_leaves(who: Anonymous, of: Query<Places>) -> Result<Reply<LeavesView>> {
    let place = of.0.place.unwrap_or_default();
    let leaves = log::leaves(&who.app, place, of.0.count.unwrap_or(params::MOST)).await?;
    Ok(Reply::new(LeavesView { place, leaves: leaves.iter().map(hex::encode).collect() })?.public())
}

async fn public_proof(who: Anonymous, of: Query<OfPlace>) -> Result<Reply<InclusionView>> {
    Ok(Reply::new(log::prove(&who.app, of.0.place.unwrap_or_default(), of.0.size).await?.into())?.public())
}

async fn public_consistency(who: Anonymous, of: Query<Growth>) -> Result<Reply<ConsistencyView>> {
    Ok(Reply::new(log::prove_growth(&who.app, of.0.from.unwrap_or(1), of.0.to).await?.into())?.public())
}
