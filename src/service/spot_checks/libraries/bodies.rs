//! What a library is, as it is sent.

use crate::kernel::error::{AppError, FieldError, Result};
use crate::kernel::input::rule;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::spot_check_items;
use domain::kernel::text::text;
use domain::spot_checks::libraries::{LibraryKind, OfficerFilter, TagRule};
use domain::spot_checks::tasks::PoolFilter;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// 名录库
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_body))]
#[schema(examples(json!({
    "name": "餐饮服务单位名录库", "kind": "OBJECTS",
    "pool_filter": {"tags": ["餐饮服务"], "object_types": ["1"]},
    "tag_rules": [
        {"tag": "餐饮服务", "industry_prefixes": ["H62"]},
        {"tag": "餐饮服务", "licences": ["食品经营许可"], "scope_words": ["餐饮服务", "热食类食品制售"]}
    ]
})))]
pub struct LibraryBody {
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    pub name: String,
    pub kind: LibraryKind,
    /// 所属部门, one's own where it is not named
    #[serde(default)]
    pub department_id: Option<Uuid>,
    /// 检查对象筛选: of a library of objects, and of no other. Active objects that meet it are members.
    #[serde(default)]
    pub pool_filter: Option<PoolFilter>,
    /// 标签规则: who bears a tag of the filter beside those that the register gives it to.
    #[schema(max_items = 20)]
    #[serde(default)]
    pub tag_rules: Vec<TagRule>,
    /// 执法检查人员筛选: of a library of officers, and of no other.
    #[serde(default)]
    pub officer_filter: Option<OfficerFilter>,
}

/// Each word is looked for in the whole register.
const MOST_WORDS: usize = 20;

fn check_body(body: &LibraryBody) -> std::result::Result<(), ValidationError> {
    match body.kind {
        LibraryKind::Objects if body.pool_filter.is_none() => {
            let zh = "检查对象名录库须有对象筛选条件。";
            return Err(rule("/pool_filter", zh, "A library of objects has a filter of objects."));
        }
        LibraryKind::Objects if body.officer_filter.is_some() => {
            let zh = "检查对象名录库没有人员筛选条件。";
            return Err(rule("/officer_filter", zh, "A library of objects has no filter of officers."));
        }
        LibraryKind::Officers if body.pool_filter.is_some() => {
            let zh = "执法检查人员名录库没有对象筛选条件。";
            return Err(rule("/pool_filter", zh, "A library of officers has no filter of objects."));
        }
        LibraryKind::Officers if !body.tag_rules.is_empty() => {
            let zh = "执法检查人员名录库没有标签规则。";
            return Err(rule("/tag_rules", zh, "A library of officers has no tag rules."));
        }
        LibraryKind::Objects | LibraryKind::Officers => {}
    }

    let tags = body.pool_filter.iter().flat_map(|filter| &filter.tags);
    if body.tag_rules.iter().any(|rule| !tags.clone().any(|tag| *tag == rule.tag)) {
        let zh = "标签规则所给的标签须是筛选条件中的标签，否则规则不起作用。";
        return Err(rule("/tag_rules", zh, "A rule gives a tag of the filter; else it would have no effect."));
    }
    if body.tag_rules.iter().map(|rule| rule.scope_words.len()).sum::<usize>() > MOST_WORDS {
        let zh = "各规则的经营范围用语合计不超过 20 个。";
        return Err(rule("/tag_rules", zh, "The rules have twenty words of scopes at most, all together."));
    }
    if body.tag_rules.iter().any(TagRule::is_blank) {
        let zh = "标签规则至少要有行业、许可或经营范围用语中的一项。";
        return Err(rule("/tag_rules", zh, "A rule names industries, licences or words of the scope."));
    }
    Ok(())
}

impl LibraryBody {
    /// The items whose qualifications are asked for exist.
    pub(super) async fn check_items(&self, tx: &WriteTx) -> Result<()> {
        let Some(filter) = &self.officer_filter else { return Ok(()) };
        let known = spot_check_items::by_ids(tx.conn(), filter.spot_check_item_ids.clone()).await?;
        let unknown = filter.spot_check_item_ids.iter().enumerate();
        let unknown = unknown.filter(|(_, id)| !known.iter().any(|item| item.id == **id)).map(|(at, _)| {
            let detail = text!("抽查事项不存在。", "There is no such spot-check item.");
            FieldError::new(format!("/officer_filter/spot_check_item_ids/{at}"), "NO_SUCH_RECORD", detail)
        });
        let errors: Vec<_> = unknown.collect();
        if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
    }
}
