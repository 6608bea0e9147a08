//! 公示: what anybody may read without logging in. No personal data, no credit class.

mod dto;
mod fairness;
mod plans;

use crate::http::inspections::inspecting_bodies::PublicInspectingBodyView;
use crate::http::kernel::extract::{Anonymous, Id, Json, List, Listed, Query};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply};
use crate::http::oversight::log;
use crate::http::spot_checks::draws::{
    DrawProgressView, DrawView, Draws, PoolProofView, TranscriptBody, TranscriptReply, VerificationView,
};
use crate::http::visits::feedback::FeedbackGivenView;
use crate::http::visits::visits::EntryReceiptView;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::inspections::inspecting_bodies as body_store;
use crate::persistence::inspections::inspections as inspection_store;
use crate::persistence::kernel::list;
use crate::persistence::kernel::list::Page;
use crate::persistence::spot_checks::{draws as draw_store, spot_check_items as spot_store};
use crate::service::oversight::public;
use crate::service::spot_checks::draws;
use crate::service::spot_checks::draws::OwnBody;
use crate::service::visits::feedback::FeedbackBody;
use crate::service::visits::visits::ScanBody;
use crate::service::visits::{feedback, visits};
use chrono::Datelike;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use dto::{PublicCommitmentView, PublicInspectionView, PublicSpotCheckItemView};
use fairness::{FairnessView, Labels, Period};

pub fn routes(api: &mut Api) {
    let mut group = api.group("public", "公示（无需登录）");
    group.get(
        "/api/v1/public/inspections",
        "list_public_inspections",
        "公示的检查结果",
        "已公示的结果；撤回的只留撤回记录。",
        list_inspections,
    );
    group.get(
        "/api/v1/public/inspections/{id}",
        "get_public_inspection",
        "公示的一次检查",
        "一次已公示的检查。",
        get_inspection,
    );
    group.get(
        "/api/v1/public/spot-check-items",
        "list_public_spot_check_items",
        "公布的抽查事项清单",
        "已公布的随机抽查事项：类别、依据、对象、比例、频次和方式。",
        list_spot_check_items,
    );
    group.get(
        "/api/v1/public/inspecting-bodies",
        "list_public_inspecting_bodies",
        "公布的行政检查主体",
        "经确认并公布、在有效期内的行政检查主体。",
        list_bodies,
    );
    plans::routes(&mut group);
    group.get(
        "/api/v1/public/draws",
        "list_public_draws",
        "公开的抽取记录",
        "各任务的各轮抽取，含作废的轮次。",
        list_draws,
    );
    group.get(
        "/api/v1/public/draws/{id}",
        "get_public_draw",
        "公开的一次抽取",
        "对象库摘要与各层户数，自冻结起公开。",
        get_draw,
    );
    group.get(
        "/api/v1/public/draws/{id}/progress",
        "get_public_draw_progress",
        "抽取的落实情况",
        "所抽检查的进展：待检查、检查中、已公示、作废（按原因）、更换人员（按原因）。",
        get_progress,
    );
    group.get(
        "/api/v1/public/commitments",
        "list_public_commitments",
        "公开的封存值",
        "各方对随机数的封存值，提交即公开；随机数在冻结之后才公开。",
        list_commitments,
    );
    group.get(
        "/api/v1/public/draws/{id}/transcript",
        "get_public_transcript",
        "公开的抽取全记录",
        "可由任何人复算；对象以不可逆的代号出现。",
        get_transcript,
    );

    group.get(
        "/api/v1/public/fairness",
        "get_public_fairness",
        "公平性统计",
        "一段时间内全部抽取的机会与结果：按乡镇、对象类型、规模，以及人员同组和再到同一对象的情况，附概率和结论。",
        get_fairness,
    );
    group.post(
        "/api/v1/public/draws/{id}/inclusion",
        "prove_own_inclusion",
        "企业自查是否在对象库内",
        "凭司法行政部门给出的查询凭证，取得本对象的入库证明；凭证不符的一律为 404。",
        prove_own,
    );
    group.post(
        "/api/v1/public/draws/verify",
        "verify_draw",
        "复算抽取",
        "重算所送的全记录，并与本服务公布的比对，指出每一处不同。",
        verify,
    );

    group.post(
        "/api/v1/public/visits/scan",
        "scan_entry_code",
        "企业扫入企码",
        "核验来检查的部门、事项和证件，取得回执；首次扫码附评价凭证。",
        scan_entry_code,
    );
    group.post(
        "/api/v1/public/visit-feedback",
        "give_visit_feedback",
        "企业评价或投诉",
        "凭回执中的评价凭证评分或投诉一次；被检查部门无从得知是谁，投诉由司法行政部门处理。",
        give_feedback,
    );

    log::public_routes(&mut group);
}

/// Published inspections as a list.
pub struct Inspections;

impl Listed for Inspections {
    type Entity = entity::inspections::inspections::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &inspection_store::PUBLIC_LISTING;
}

/// The published list of spot-check items.
pub struct SpotCheckItems;

impl Listed for SpotCheckItems {
    type Entity = entity::spot_checks::spot_check_items::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &spot_store::PUBLIC_LISTING;
}

/// Published inspecting bodies as a list.
pub struct Bodies;

impl Listed for Bodies {
    type Entity = entity::inspections::inspecting_bodies::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &body_store::PUBLIC_LISTING;
}

async fn list_inspections(who: Anonymous, list: List<Inspections>) -> Result<PageReply<PublicInspectionView>> {
    let db = &who.app.db;
    let listing = &inspection_store::PUBLIC_LISTING;
    let page = list::page(db, &who.ctx, listing, inspection_store::published(), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = public::inspections(db, items).await?;
    let items = items.into_iter().map(|item| PublicInspectionView::of(item, &who.app.tables)).collect();
    Ok(PageReply::new(&list, Page { items, next_cursor, total, total_capped })?.public())
}

async fn get_inspection(who: Anonymous, id: Id) -> Result<Reply<PublicInspectionView>> {
    let conn = &who.app.db;
    let row = inspection_store::get_published(conn, id.0).await?;
    let one = public::inspections(conn, vec![row]).await?.pop();
    let one = one.ok_or_else(AppError::not_found)?;
    Ok(Reply::new(PublicInspectionView::of(one, &who.app.tables))?.public())
}

async fn list_spot_check_items(
    who: Anonymous,
    list: List<SpotCheckItems>,
) -> Result<PageReply<PublicSpotCheckItemView>> {
    let (db, listing) = (&who.app.db, &spot_store::PUBLIC_LISTING);
    let page = list::page(db, &who.ctx, listing, spot_store::published(), &list.request).await?;
    Ok(PageReply::new(&list, page.map(PublicSpotCheckItemView::from))?.public())
}

async fn list_bodies(who: Anonymous, list: List<Bodies>) -> Result<PageReply<PublicInspectingBodyView>> {
    let published = body_store::published(who.ctx.today());
    let page = list::page(&who.app.db, &who.ctx, &body_store::PUBLIC_LISTING, published, &list.request).await?;
    PageReply::new(&list, page.map(Into::into))
}

async fn list_draws(who: Anonymous, list: List<Draws>) -> Result<PageReply<DrawView>> {
    let db = &who.app.db;
    let page = list::page(db, &who.ctx, &draw_store::LISTING, draw_store::public(), &list.request).await?;
    Ok(PageReply::new(&list, page.map(DrawView::from))?.public())
}

async fn get_draw(who: Anonymous, id: Id) -> Result<Reply<DrawView>> {
    Ok(Reply::new(DrawView::from(draw_store::get_public(&who.app.db, id.0).await?))?.public())
}

async fn get_progress(who: Anonymous, id: Id) -> Result<Reply<DrawProgressView>> {
    let conn = &who.app.db;
    let draw = draw_store::get_public(conn, id.0).await?;
    let progress = draws::progress(conn, &draw).await?;
    Ok(Reply::new(DrawProgressView::of(&draw, progress))?.public())
}

/// Commitments as a list.
pub struct Commitments;

impl Listed for Commitments {
    type Entity = entity::spot_checks::commitments::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &draw_store::COMMITMENTS;
}

async fn list_commitments(who: Anonymous, list: List<Commitments>) -> Result<PageReply<PublicCommitmentView>> {
    let (db, listing) = (&who.app.db, &draw_store::COMMITMENTS);
    let page = list::page(db, &who.ctx, listing, draw_store::commitments(), &list.request).await?;
    Ok(PageReply::new(&list, page.map(PublicCommitmentView::from))?.public())
}

async fn get_transcript(who: Anonymous, id: Id) -> Result<TranscriptReply> {
    let conn = &who.app.db;
    let draw = draw_store::get_public(conn, id.0).await?;
    let _turn = who.app.public_turn().await?;
    let mut open = draws::transcript(conn, &draw, false).await?;
    open.transcript.withhold_teams();
    TranscriptReply::new(&open, true)
}

/// Days between the first and the last of an account, at most.
const LONGEST: i64 = 366;

async fn get_fairness(who: Anonymous, of: Query<Period>) -> Result<Reply<FairnessView>> {
    let today = who.ctx.today();
    let to = of.0.to.unwrap_or(today);
    let from = of.0.from.unwrap_or_else(|| to.with_ordinal(1).unwrap_or(to));
    if !(0..=LONGEST).contains(&(to - from).num_days()) {
        let detail = text!(
            "截止日期须不早于起始日期，且相距不超过 {LONGEST} 天。",
            "The last day is not before the first, and {LONGEST} days after it at most."
        );
        let error = FieldError::new("to", "OUT_OF_RANGE", detail.clone());
        return Err(AppError::new(Code::NotFound, detail).with_errors(vec![error]));
    }

    let account = draws::fairness(&who.app.db, from, to).await?;
    Ok(Reply::new(FairnessView::of(account, &Labels::load(&who.app).await?))?.public())
}

async fn prove_own(who: Anonymous, id: Id, body: Json<OwnBody>) -> Result<Reply<PoolProofView>> {
    let draw = draw_store::get_public(&who.app.db, id.0).await?;
    let _turn = who.app.public_turn().await?;
    let ticket = draws::prove_own(&who.app, &draw, &body.0).await?;
    Reply::new(PoolProofView::of(&draw, ticket))
}

async fn verify(who: Anonymous, body: TranscriptBody) -> Result<Reply<VerificationView>> {
    let TranscriptBody { transcript, turn: _turn } = body;
    Reply::new(VerificationView::of(draws::verify_sent(&who.app.db, transcript).await?))
}

async fn scan_entry_code(who: Anonymous, body: Json<ScanBody>) -> Result<Reply<EntryReceiptView>> {
    Reply::new(visits::scan(&who.app, &who.ctx, body.0).await?.into())
}

async fn give_feedback(who: Anonymous, body: Json<FeedbackBody>) -> Result<Reply<FeedbackGivenView>> {
    let given = feedback::give(&who.app, &who.ctx, body.0).await?;
    Reply::new(FeedbackGivenView { status: given.status })
}
