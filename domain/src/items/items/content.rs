//! What an item says, and what is missing in it.

use crate::items::clauses::lost_on;
use crate::kernel::elements::{Check, Element};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// 监管事项要素 (dictionary §3.3). A draft may leave anything open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ItemContent {
    /// 子项名称
    pub name: Option<String>,
    /// 主项名称
    pub main_name: Option<String>,
    /// 行政类型 (code table administrative-type)
    pub administrative_type: Option<String>,
    /// 监管对象
    pub supervise_object: Option<String>,
    /// 监管形式（监管行为）
    pub supervise_form: Option<String>,
    /// 设定依据, as published
    pub legal_basis: Option<String>,
    /// 设定依据 as records: the clauses the item stands on
    pub clause_ids: Vec<Uuid>,
    /// 监管方式
    pub supervise_way: Option<String>,
    /// 监管流程
    pub supervise_flow: Option<String>,
    /// 监管结果
    pub supervise_result: Option<String>,
    /// 监管层级 (code table exercise-level)
    pub supervise_levels: Vec<String>,
    /// 适用范围 (code table apply-range)
    pub apply_range: Option<String>,
}

impl ItemContent {
    /// Every clause cited, with the pointer of the citation.
    pub fn citations(&self) -> Vec<(Uuid, String)> {
        self.clause_ids.iter().enumerate().map(|(at, clause)| (*clause, format!("/clause_ids/{at}"))).collect()
    }

    /// The day on which the item loses its basis, as far as known; one that cites no clause stands on its published text.
    pub fn basis_lost_on(&self, repealed_on: impl Fn(Uuid) -> Option<NaiveDate>) -> Option<NaiveDate> {
        lost_on(&self.clause_ids, repealed_on)
    }

    /// What is published, over what the department had: its clauses stay, and so does what the publication leaves open.
    pub fn over(self, own: Self) -> Self {
        Self {
            name: self.name.or(own.name),
            main_name: self.main_name.or(own.main_name),
            administrative_type: self.administrative_type.or(own.administrative_type),
            supervise_object: self.supervise_object.or(own.supervise_object),
            supervise_form: self.supervise_form.or(own.supervise_form),
            legal_basis: self.legal_basis.or(own.legal_basis),
            clause_ids: own.clause_ids,
            supervise_way: self.supervise_way.or(own.supervise_way),
            supervise_flow: self.supervise_flow.or(own.supervise_flow),
            supervise_result: self.supervise_result.or(own.supervise_result),
            supervise_levels: if self.supervise_levels.is_empty() {
                own.supervise_levels
            } else {
                self.supervise_levels
            },
            apply_range: self.apply_range.or(own.apply_range),
        }
    }

    /// The fields that are compared between versions of the catalogue, by their names.
    pub fn differences(&self, other: &Self) -> Vec<(String, serde_json::Value, serde_json::Value)> {
        let fields = |content: &Self| match serde_json::to_value(content) {
            Ok(serde_json::Value::Object(map)) => map,
            _ => serde_json::Map::new(),
        };
        let (before, after) = (fields(self), fields(other));
        let changed = after.into_iter().filter(|(name, value)| before.get(name) != Some(value));
        changed.map(|(name, value)| (name.clone(), before.get(&name).cloned().unwrap_or_default(), value)).collect()
    }
}

/// The elements of an item: each is there and valid, or named with its pointer.
/// A legal basis is required (rules of the trade §2).
pub fn check(content: &ItemContent, clause_in_force: &dyn Fn(Uuid) -> bool) -> Check {
    let mut check = Check::default();
    check.text("/name", "子项名称", content.name.as_deref());
    check.coded("/administrative_type", "行政类型", content.administrative_type.as_deref(), &["0", "1", "2", "3"]);
    check.text("/supervise_object", "监管对象", content.supervise_object.as_deref());
    check.text("/supervise_form", "监管形式", content.supervise_form.as_deref());
    check.text("/supervise_way", "监管方式", content.supervise_way.as_deref());
    check.text("/supervise_flow", "监管流程", content.supervise_flow.as_deref());
    check.text("/supervise_result", "监管结果", content.supervise_result.as_deref());
    let levels = content.supervise_levels.iter().map(String::as_str).collect::<Vec<_>>();
    check.codes("/supervise_levels", "监管层级", &levels, &["1", "2", "3", "4", "5"]);
    match (content.legal_basis.as_deref().map(str::trim), content.clause_ids.is_empty()) {
        (None | Some(""), true) => check.missing("/legal_basis", "设定依据"),
        _ => check.found(Element::new("/legal_basis", "设定依据")),
    }

    for (clause, pointer) in content.citations() {
        if !clause_in_force(clause) {
            check.clause_not_in_force(pointer, "设定依据");
        }
    }

    check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_element_is_named() {
        let found = check(&ItemContent::default(), &|_| true);
        assert_eq!((found.required(), found.filled()), (9, 0));
        let mut pointers: Vec<_> = found.problems().map(|problem| problem.pointer.clone()).collect();
        pointers.sort();
        assert_eq!(pointers.len(), 9);
        assert!(pointers.contains(&"/legal_basis".to_owned()));
    }

    #[test]
    fn a_repealed_clause_is_named_where_it_is_cited() {
        let content =
            ItemContent { clause_ids: vec![Uuid::from_u128(1), Uuid::from_u128(2)], ..ItemContent::default() };
        let found = check(&content, &|clause| clause == Uuid::from_u128(1));
        assert!(
            found.problems().any(|problem| problem.pointer == "/clause_ids/1" && problem.rule == "CLAUSE_REPEALED")
        );
        assert!(!found.problems().any(|problem| problem.pointer == "/legal_basis"));
        assert_eq!(content.basis_lost_on(|_| None), None);
        assert!(content.basis_lost_on(|_| NaiveDate::from_ymd_opt(2026, 7, 1)).is_some());
    }
}
