//! Views of libraries.

use crate::http::kernel::extract::{Param, ParamKind, ParamValue, Params};
use crate::http::kernel::reply::{View, versioned};
use crate::http::kernel::view::view;
use crate::kernel::ctx::Ctx;
use crate::persistence::spot_checks::libraries::Draft;
use crate::service::spot_checks::libraries::decision_facts;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::spot_checks::libraries::{
    EditionCause, LibraryAction, LibraryKind, LibraryProblem, LibraryStatus, OfficerFilter, TagRule,
};
use domain::spot_checks::tasks::PoolFilter;
use entity::spot_checks::libraries::Model;
use entity::spot_checks::library_editions;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 名录库
#[derive(Serialize, ToSchema)]
pub struct LibraryView {
    pub id: Uuid,
    /// 名录库编号
    #[schema(example = "510821ML0001")]
    pub code: String,
    pub name: String,
    pub kind: LibraryKind,
    pub department_id: Uuid,
    /// 检查对象筛选; null of a library of officers
    #[schema(required)]
    pub pool_filter: Option<PoolFilter>,
    /// 标签规则
    pub tag_rules: Vec<TagRule>,
    /// 执法检查人员筛选; null of a library of objects
    #[schema(required)]
    pub officer_filter: Option<OfficerFilter>,
    pub status: LibraryStatus,
    /// 现行版次, counted from 1
    pub edition: i32,
    /// 现行版次的成员数
    pub members: i32,
    /// 不能用于抽取的原因
    #[schema(required)]
    pub problem: Option<LibraryProblem>,
    /// 最近更新日期: libraries are looked up every day, and where a pool is frozen.
    pub refreshed_on: NaiveDate,
    /// 停用理由
    #[schema(required)]
    pub retired_reason: Option<String>,
    /// What this caller may do now.
    pub allowed_actions: Vec<LibraryAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(LibraryView);

impl LibraryView {
    pub fn of(ctx: &Ctx, library: Model, drafts: Vec<Draft>) -> Self {
        let allowed_actions = decision_facts(&library, drafts).allowed_actions(&ctx.actor);
        let of_objects = library.kind == LibraryKind::Objects;
        Self {
            allowed_actions,
            id: library.id,
            code: library.code,
            name: library.name,
            kind: library.kind,
            department_id: library.department_id,
            pool_filter: of_objects.then_some(library.pool_filter.0),
            tag_rules: library.tag_rules.0,
            officer_filter: (!of_objects).then_some(library.officer_filter.0),
            status: library.status,
            edition: library.edition,
            members: library.members,
            problem: library.problem,
            refreshed_on: library.refreshed_on,
            retired_reason: library.retired_reason,
            version: library.version,
            created_at: library.created_at,
            updated_at: library.updated_at,
        }
    }
}

view! {
    /// 名录库的版次
    pub struct LibraryEditionView of library_editions::Model {
        edition: i32,
        /// 变化原因
        cause: EditionCause,
        /// 成员数
        members: i32,
        /// 新进
        entered: i32,
        /// 退出
        gone: i32,
        /// 筛选条件, JSON as it was hashed
        filter: String,
        /// 成员清单文件（members.txt）的 SHA-256
        digest: String,
        /// Who changed it; the nil id where the platform looked it up.
        made_by: Uuid,
        made_at: DateTime<Utc>,
    }
}

/// 名录库的版次, the newest first; 200 at most
#[derive(Serialize, ToSchema)]
pub struct LibraryEditionsView {
    pub items: Vec<LibraryEditionView>,
}

impl View for LibraryEditionsView {}

/// 所查的版次
#[derive(Default)]
pub struct OfEdition(pub Option<i32>);

impl Params for OfEdition {
    const PARAMS: &'static [Param] =
        &[Param {
            name: "edition", doc: "版次；缺省为现行版次", kind: ParamKind::Count { max: 1_000_000_000 }
        }];

    fn set(&mut self, _: &str, value: ParamValue) {
        if let ParamValue::Count(edition) = value {
            self.0 = i32::try_from(edition).ok();
        }
    }
}

/// 早于哪一版次
#[derive(Default)]
pub struct BeforeEdition(pub Option<i32>);

impl Params for BeforeEdition {
    const PARAMS: &'static [Param] = &[Param {
        name: "before",
        doc: "只列早于此版次的；缺省自现行版次起，每次至多 200 版",
        kind: ParamKind::Count { max: 1_000_000_000 },
    }];

    fn set(&mut self, _: &str, value: ParamValue) {
        if let ParamValue::Count(edition) = value {
            self.0 = i32::try_from(edition).ok();
        }
    }
}
