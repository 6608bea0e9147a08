//! Views of draws. They hold no identity and no class, so the public side shows the same.

use crate::http::kernel::reply::versioned;
use crate::http::kernel::view::view;
use crate::service::spot_checks::draws::{receipted, time};
use chrono::{DateTime, Utc};
use domain::spot_checks::draws::chance::Chance;
use domain::spot_checks::draws::changes::Changes;
use domain::spot_checks::draws::eligibility::Eligibility;
use domain::spot_checks::draws::transcript::{Conditions, Ended, LeftOut, NamedLibrary};
use domain::spot_checks::draws::{DrawStatus, EpochVoidCause};
use domain::spot_checks::libraries::LibraryKind;
use domain::spot_checks::tasks::PoolFilter;
use entity::spot_checks::draws::Model;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 抽取记录
#[derive(Serialize, ToSchema)]
pub struct DrawView {
    pub id: Uuid,
    pub task_id: Uuid,
    pub epoch: i32,
    pub status: DrawStatus,
    #[schema(example = "mingjian-draw/3")]
    pub algorithm: String,
    pub lead_department_id: Uuid,
    pub pool_count: i32,
    pub selected_count: i32,
    /// 对象库的筛选与排除
    pub eligibility: EligibilityView,
    /// 冻结时一切已定事项的摘要：启封随机数之前请先记下
    pub terms: String,
    pub pool_root: String,
    pub roster_root: String,
    pub recusal_root: String,
    pub officers_per_object: i32,
    pub strata: Vec<StratumView>,
    /// 抽取所用的公开数值; null until the parties have said it, and where the draw waits for none.
    #[schema(required)]
    pub chance_value: Option<String>,
    #[schema(required)]
    pub seed: Option<String>,
    #[schema(required)]
    pub previous_draw_id: Option<Uuid>,
    #[schema(required)]
    pub void_reason: Option<String>,
    /// 作废原因与当时的阶段; null before causes were kept.
    #[schema(required)]
    pub ended: Option<EndedView>,
    /// 冻结时另行确定的事项; null in `mingjian-draw/2`, like the receipt.
    #[schema(required)]
    pub conditions: Option<ConditionsView>,
    /// 冻结回执
    #[schema(required)]
    pub receipt: Option<ReceiptView>,
    pub frozen_at: DateTime<Utc>,
    #[schema(required)]
    pub drawn_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub matched_at: Option<DateTime<Utc>>,
    pub version: i32,
}

versioned!(DrawView);

/// 对象库的筛选与排除
#[derive(Serialize, ToSchema)]
pub struct EligibilityView {
    /// 近若干个月内已就同一事项检查的对象不再抽取
    pub exclude_months: u32,
    /// 因年内检查已达上限而排除的户数
    pub excluded_by_frequency: u32,
    /// 因近期已检查而排除的户数
    pub excluded_recently: u32,
    pub filter: PoolFilter,
}

impl From<Eligibility> for EligibilityView {
    fn from(of: Eligibility) -> Self {
        let Eligibility { exclude_months, excluded_by_frequency, excluded_recently, filter } = of;
        Self { exclude_months, excluded_by_frequency, excluded_recently, filter: filter.into() }
    }
}

/// 层
#[derive(Serialize, ToSchema)]
pub struct StratumView {
    pub stratum: String,
    pub rate_bp: u32,
    pub minimum: u64,
    pub population: u64,
    pub count: u64,
}

view! {
    /// 作废的轮次
    pub struct EndedView of Ended {
        cause: Option<EpochVoidCause>,
        /// 作废时已公开的随机数个数
        revealed: u32,
        /// 作废时的阶段
        stage: DrawStatus,
    }
}

/// 冻结时另行确定的事项
#[derive(Serialize, ToSchema)]
pub struct ConditionsView {
    /// 抽取所待的公开数值
    #[schema(required)]
    pub chance: Option<NamedChanceView>,
    pub changes: ChangesView,
    /// 未纳入抽取的信用类别，合计
    #[schema(required)]
    pub left_out: Option<LeftOutView>,
    /// 所用名录库及版次; null where the task names none
    #[schema(required)]
    pub libraries: Option<Vec<NamedLibraryView>>,
    /// 某层只有一户时的理由
    #[schema(required)]
    pub lone_object_reason: Option<String>,
    /// 此前不得启封随机数
    pub reveal_from: String,
}

impl From<Conditions> for ConditionsView {
    fn from(of: Conditions) -> Self {
        let Conditions { chance, changes, left_out, libraries, lone_object_reason, reveal_from } = of;
        let (chance, left_out) = (chance.map(Into::into), left_out.map(Into::into));
        let libraries = libraries.map(|libraries| libraries.into_iter().map(Into::into).collect());
        Self { chance, changes: changes.into(), left_out, libraries, lone_object_reason, reveal_from }
    }
}

/// 所用名录库及版次
#[derive(Serialize, ToSchema)]
pub struct NamedLibraryView {
    /// 名录库编号
    pub code: String,
    pub name: String,
    pub kind: LibraryKind,
    /// 版次
    pub edition: u32,
    /// 成员数
    pub members: u32,
    /// 成员清单文件的 SHA-256 (`/libraries/{id}/members.txt`)
    pub digest: String,
}

impl From<NamedLibrary> for NamedLibraryView {
    fn from(of: NamedLibrary) -> Self {
        let NamedLibrary { code, digest, edition, kind, members, name } = of;
        Self { code, name, kind, edition, members, digest: hex::encode(digest) }
    }
}

view! {
    /// 未纳入抽取的信用类别
    pub struct LeftOutView of LeftOut {
        /// 户数，合计
        objects: u32,
        reason: String,
    }
}

view! {
    /// 冻结时约定的公开数值
    pub struct NamedChanceView of Chance {
        /// 揭晓时刻; every secret is public before.
        at: String,
        /// 公布的号码及期数，或信标名称
        name: String,
        /// 信标公钥（BLS12-381，192 位十六进制）; null where two parties say what was published.
        beacon: Option<String>,
        /// 号码格式，d 为一位数字; null for a beacon
        form: Option<String>,
        /// 信标轮次
        round: Option<u32>,
    }
}

view! {
    /// 首次封存至冻结之间的变化
    pub struct ChangesView of Changes {
        /// 首次封存的时间
        since: String,
        /// 新进对象库的户数
        entered: u32,
        /// 退出对象库的户数
        left: u32,
        /// 信用类别变动的户数
        classes_moved: u32,
        /// 新进名册的人数
        officers_entered: u32,
        /// 退出名册的人数
        officers_left: u32,
        /// 其间登记的回避数
        recusals_declared: u32,
    }
}

/// 冻结回执: two of one epoch that differ prove that two records were made.
#[derive(Serialize, ToSchema)]
pub struct ReceiptView {
    pub draw_id: Uuid,
    /// 冻结时一切已定事项的摘要：启封随机数时须一并提交
    pub terms: String,
    /// 此前不得启封随机数
    pub reveal_from: String,
    /// 所签的文本，六行，每行以换行结尾
    #[schema(
        example = "mingjian-draw/3 receipt\n01930000-0000-7000-8000-000000000001\n1\n01930000-0000-7000-8000-000000000002\nfcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9\n2026-11-24T02:00:00.000Z\n"
    )]
    pub message: String,
    /// 本服务公钥（Ed25519，与 /public/log/checkpoint 的 key 相同）
    pub key: String,
    /// 本服务的签名
    pub signature: String,
}

impl ReceiptView {
    /// The receipt of a draw; `None` for a draw of `mingjian-draw/2`.
    pub fn of(draw: &Model) -> Option<Self> {
        let frozen_at = time(draw.frozen_at);
        Some(Self {
            draw_id: draw.id,
            terms: draw.terms.clone(),
            reveal_from: draw.conditions.as_ref()?.reveal_from.clone(),
            message: receipted(draw, &frozen_at).ok()?.message(),
            key: draw.receipt_key.clone()?,
            signature: draw.receipt_signature.clone()?,
        })
    }
}

impl From<Model> for DrawView {
    fn from(draw: Model) -> Self {
        let receipt = ReceiptView::of(&draw);
        let strata = draw.strata.0;
        let eligibility = draw.eligibility.0;

        Self {
            id: draw.id,
            task_id: draw.task_id,
            epoch: draw.epoch,
            status: draw.status,
            algorithm: draw.algorithm,
            lead_department_id: draw.lead_department_id,
            pool_count: draw.pool_count,
            selected_count: draw.selected_count,
            eligibility: EligibilityView::from(eligibility),
            terms: draw.terms,
            pool_root: draw.pool_root,
            roster_root: draw.roster_root,
            recusal_root: draw.recusal_root,
            officers_per_object: draw.officers_per_object,
            strata: strata
                .into_iter()
                .map(|stratum| StratumView {
                    stratum: stratum.stratum,
                    rate_bp: stratum.rate_bp,
                    minimum: stratum.minimum,
                    population: stratum.population,
                    count: stratum.count,
                })
                .collect(),
            chance_value: draw.chance.and_then(|said| said.0.value),
            seed: draw.seed,
            previous_draw_id: draw.previous_draw_id,
            void_reason: draw.void_reason,
            ended: draw.ended.map(|ended| ended.0.into()),
            conditions: draw.conditions.map(|conditions| conditions.0.into()),
            receipt,
            frozen_at: draw.frozen_at,
            drawn_at: draw.drawn_at,
            matched_at: draw.matched_at,
            version: draw.version,
        }
    }
}
