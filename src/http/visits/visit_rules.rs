//! 入企检查额度规则.

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply, versioned};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::persistence::kernel::{edit, list};
use crate::persistence::visits::visit_rules as store;
use crate::service::visits::visit_rules;
use crate::service::visits::visit_rules::{EndRuleBody, VisitRuleBody};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::permit::{VisitRulesRead, VisitRulesWrite};
use domain::credit::CreditClass;
use domain::visits::VisitKind;
use domain::visits::budget::RuleKind;
use entity::visits::visit_rules::{Entity, Model};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("visit-rules", "入企检查额度规则");
    group.get(
        "/api/v1/visit-rules",
        "list_visit_rules",
        "查询额度规则",
        "年度上限、间隔、宁静日和免检，各有依据和适用范围。",
        list_rules,
    );
    group.post(
        "/api/v1/visit-rules",
        "create_visit_rule",
        "登记额度规则",
        "司法行政部门按公布的文件登记；不溯及既往。",
        create_rule,
    );
    group.get("/api/v1/visit-rules/{id}", "get_visit_rule", "额度规则详情", "一条规则。", get_rule);
    group.post("/api/v1/visit-rules/{id}/end", "end_visit_rule", "规则失效", "写明最后适用日和理由。", end_rule);

    group.get(
        "/api/v1/visit-rules/{id}/history",
        "list_visit_rule_history",
        "额度规则变更记录",
        "谁在何时做了什么。",
        list_rule_history,
    );
}

/// 入企检查额度规则
#[derive(Serialize, ToSchema)]
pub struct VisitRuleView {
    pub id: Uuid,
    /// 规则编号
    pub code: String,
    pub name: String,
    /// 依据
    pub basis: String,
    pub kind: RuleKind,
    /// 次数、天数或年数
    pub amount: i32,
    /// 宁静日：每月起日
    #[schema(required)]
    pub day_from: Option<i32>,
    /// 宁静日：每月止日
    #[schema(required)]
    pub day_to: Option<i32>,
    /// 适用的检查类别; empty: all
    pub kinds: Vec<VisitKind>,
    /// 适用的部门; empty: all
    pub department_ids: Vec<Uuid>,
    /// 适用的信用类别; empty: all
    pub classes: Vec<CreditClass>,
    /// 适用的监管对象类型; empty: all
    pub object_types: Vec<String>,
    pub starts_on: NaiveDate,
    /// 最后一个适用日
    #[schema(required)]
    pub ends_on: Option<NaiveDate>,
    #[schema(required)]
    pub ended_reason: Option<String>,
    pub created_by: Uuid,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(VisitRuleView);

impl From<Model> for VisitRuleView {
    fn from(rule: Model) -> Self {
        Self {
            id: rule.id,
            code: rule.code,
            name: rule.name,
            basis: rule.basis,
            kind: rule.kind,
            amount: rule.amount,
            day_from: rule.day_from,
            day_to: rule.day_to,
            kinds: rule.kinds.0,
            department_ids: rule.department_ids.0,
            classes: rule.classes.0,
            object_types: rule.object_types.0,
            starts_on: rule.starts_on,
            ends_on: rule.ends_on,
            ended_reason: rule.ended_reason,
            created_by: rule.created_by,
            version: rule.version,
            created_at: rule.created_at,
            updated_at: rule.updated_at,
        }
    }
}

pub struct Rules;

impl Listed for Rules {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_rules(read: Read<VisitRulesRead>, list: List<Rules>) -> Result<PageReply<VisitRuleView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(VisitRuleView::from))
}

async fn get_rule(read: Read<VisitRulesRead>, id: Id) -> Result<Reply<VisitRuleView>> {
    Reply::new(edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?.into())
}

async fn create_rule(write: Write<VisitRulesWrite>, body: Json<VisitRuleBody>) -> Result<Created<VisitRuleView>> {
    write.run(async |tx| Ok(visit_rules::create(tx, body.0.clone()).await?.map(Into::into))).await
}

async fn end_rule(act: Act<VisitRulesWrite>, at: Versioned, body: Json<EndRuleBody>) -> Result<Reply<VisitRuleView>> {
    act.0.run(async |tx| Ok(visit_rules::end(tx, at.id, at.version, body.0.clone()).await?.map(Into::into))).await
}

async fn list_rule_history(read: Read<VisitRulesRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "visit-rules", id.0, &list).await
}
