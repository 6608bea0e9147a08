//! 一企一档.

use crate::http::credit::CreditStandingView;
use crate::http::kernel::extract::{AsKnown, Id, Query, Read};
use crate::http::kernel::file::Spreadsheet;
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Reply, View};
use crate::http::register::objects::ObjectView;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::service::records::dossier;
use crate::service::records::dossier::{Dossier, Lines, Proof};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::permit::ObjectsRead;
use domain::access::{Reach, Role};
use domain::records::dossier::{
    ClueLine, ComplaintLine, DocumentLine, EvidenceLine, FollowUpLine, InspectionLine, ReferralLine, VisitLine,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("dossiers", "一企一档");
    group.get(
        "/api/v1/objects/{id}/dossier",
        "get_dossier",
        "一企一档",
        "登记、类别、入企检查和额度、检查、后续处置、移送、线索、文书、证据摘要；只含有权查看的部分；as_of、known_at 查询某日终了时的档案。",
        get_dossier,
    );

    group.get(
        "/api/v1/objects/{id}/dossier/export",
        "export_dossier",
        "导出一企一档",
        "同一内容并附签名：摘要为 dossier 按 RFC 8785 规范化后的 SHA-256，签名用存证日志的密钥。",
        export_dossier,
    );
    group.get(
        "/api/v1/objects/{id}/dossier/xlsx",
        "export_dossier_xlsx",
        "导出一企一档（XLSX）",
        "每部分一个工作表，末表为摘要和签名。",
        export_xlsx,
    );
}

macro_rules! block {
    ($(#[$meta:meta])* $name:ident of $line:ident) => {
        $(#[$meta])*
        #[derive(Serialize, ToSchema)]
        pub struct $name {
            /// Newest first
            pub items: Vec<$line>,
            /// 管理范围: all there are, or those of the reader's reach
            pub reach: Reach,
            /// 所列条数
            pub total: usize,
            /// 超过读取上限，较早的未列
            pub is_cut: bool,
            #[schema(required)]
            pub updated_at: Option<DateTime<Utc>>,
        }

        impl From<Lines<$line>> for $name {
            fn from(lines: Lines<$line>) -> Self {
                let Lines { reach, items, is_cut, updated_at } = lines;
                Self { reach, total: items.len(), items, is_cut, updated_at }
            }
        }
    };
}

block!(/// 入企检查
    DossierVisits of VisitLine);
block!(/// 检查
    DossierInspections of InspectionLine);
block!(/// 后续处置
    DossierFollowUps of FollowUpLine);
block!(/// 案件移送
    DossierReferrals of ReferralLine);
block!(/// 风险线索
    DossierClues of ClueLine);
block!(/// 投诉举报
    DossierComplaints of ComplaintLine);
block!(/// 执法文书
    DossierDocuments of DocumentLine);
block!(/// 证据
    DossierEvidence of EvidenceLine);

/// 一企一档; a block is null for those who may not read it
#[derive(Serialize, ToSchema)]
pub struct DossierView {
    /// 截至该日终了; null: now
    #[schema(required)]
    pub as_of: Option<NaiveDate>,
    /// 只按该日终了时已知的内容; null: by what is known now
    #[schema(required)]
    pub known_at: Option<NaiveDate>,
    /// 为谁而编
    pub reader: DossierReaderView,
    pub object: ObjectView,
    #[schema(required)]
    pub class_standing: Option<CreditStandingView>,
    #[schema(required)]
    pub visit_budget: Option<DossierBudgetView>,
    #[schema(required)]
    pub visits: Option<DossierVisits>,
    #[schema(required)]
    pub inspections: Option<DossierInspections>,
    /// 检查结果代码, by inspection; of an earlier day only where the inspection has not changed since
    pub inspection_results: Vec<DossierResultsView>,
    #[schema(required)]
    pub follow_ups: Option<DossierFollowUps>,
    #[schema(required)]
    pub case_referrals: Option<DossierReferrals>,
    #[schema(required)]
    pub risk_clues: Option<DossierClues>,
    /// 投诉举报; never who it was
    #[schema(required)]
    pub complaints: Option<DossierComplaints>,
    #[schema(required)]
    pub documents: Option<DossierDocuments>,
    #[schema(required)]
    pub evidence: Option<DossierEvidence>,
}

impl View for DossierView {}

/// 查看者
#[derive(Serialize, ToSchema)]
pub struct DossierReaderView {
    pub role: Role,
    pub department_id: Uuid,
}

/// 入企检查额度
#[derive(Serialize, ToSchema)]
pub struct DossierBudgetView {
    pub year: i32,
    /// null on an earlier day for those who see a part of the visits
    #[schema(required)]
    pub used: Option<u32>,
    /// 各部门合计的年度上限
    #[schema(required)]
    pub cap: Option<u32>,
    /// 上限所依据的规则
    #[schema(required)]
    pub rule: Option<String>,
}

/// 一次检查的结果代码
#[derive(Serialize, ToSchema)]
pub struct DossierResultsView {
    pub inspection_id: Uuid,
    /// dictionary spot-result
    pub result_codes: Vec<String>,
}

impl DossierView {
    fn of(ctx: &Ctx, dossier: Dossier) -> Self {
        let shown: Vec<_> =
            dossier.inspections.iter().flat_map(|block| block.items.iter().map(|line| line.id)).collect();
        let mut results = dossier.results;
        let inspection_results = shown.into_iter().filter_map(|inspection_id| {
            Some(DossierResultsView { inspection_id, result_codes: results.remove(&inspection_id)? })
        });

        Self {
            as_of: dossier.as_of,
            known_at: dossier.known_at,
            reader: DossierReaderView { role: ctx.actor.role, department_id: ctx.actor.department_id },
            inspection_results: inspection_results.collect(),
            object: ObjectView::of(ctx, dossier.object),
            class_standing: dossier.class.map(Into::into),
            visit_budget: dossier.budget.map(|budget| DossierBudgetView {
                year: budget.year,
                used: budget.used,
                cap: budget.cap.as_ref().map(|(_, amount)| *amount),
                rule: budget.cap.map(|(code, _)| code),
            }),
            visits: dossier.visits.map(Into::into),
            inspections: dossier.inspections.map(Into::into),
            follow_ups: dossier.follow_ups.map(Into::into),
            case_referrals: dossier.referrals.map(Into::into),
            risk_clues: dossier.clues.map(Into::into),
            complaints: dossier.complaints.map(Into::into),
            documents: dossier.documents.map(Into::into),
            evidence: dossier.evidence.map(Into::into),
        }
    }
}

/// 签名的一企一档
#[derive(Serialize, ToSchema)]
pub struct SignedDossierView {
    pub dossier: DossierView,
    pub generated_at: DateTime<Utc>,
    pub proof: Proof,
}

impl View for SignedDossierView {}

async fn get_dossier(read: Read<ObjectsRead>, id: Id, day: Query<AsKnown>) -> Result<Reply<DossierView>> {
    let dossier = gathered(&read, id.0, &day.0).await?;
    Reply::new(DossierView::of(&read.ctx, dossier))
}

async fn gathered(read: &Read<ObjectsRead>, id: Uuid, day: &AsKnown) -> Result<Dossier> {
    day.past(read.ctx.today())?;
    dossier::gather(&read.app, &read.ctx, id, (day.as_of, day.known_at)).await
}

async fn export_dossier(read: Read<ObjectsRead>, id: Id, day: Query<AsKnown>) -> Result<Reply<SignedDossierView>> {
    let _turn = read.app.heavy.acquire().await.map_err(AppError::internal)?;
    let dossier = gathered(&read, id.0, &day.0).await?;
    let view = DossierView::of(&read.ctx, dossier);
    let (_, proof) = signed(&read, &view)?;
    Reply::new(SignedDossierView { dossier: view, generated_at: read.ctx.now, proof })
}

/// Its canonical text, and the signature of it.
fn signed(read: &Read<ObjectsRead>, view: &DossierView) -> Result<(String, Proof)> {
    dossier::sign(&read.app, &serde_json::to_value(view)?, read.ctx.now)
}

async fn export_xlsx(read: Read<ObjectsRead>, id: Id, day: Query<AsKnown>) -> Result<Spreadsheet> {
    let _turn = read.app.heavy.acquire().await.map_err(AppError::internal)?;
    let gathered = gathered(&read, id.0, &day.0).await?;
    // The same that is signed as JSON.
    let view = DossierView::of(&read.ctx, gathered.clone());
    let (text, proof) = signed(&read, &view)?;
    let name = format!("dossier-{}", id.0.simple());
    let content = tokio::task::spawn_blocking(move || dossier::workbook(&gathered, &text, &proof)).await;
    Ok(Spreadsheet::book(content.map_err(AppError::internal)??, &name))
}
