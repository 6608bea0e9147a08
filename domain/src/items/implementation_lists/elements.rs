//! The elements of an implementation list and their checker (rules of the trade §2, dictionary §3.5–3.6).

use crate::items::clauses::lost_on;
use crate::kernel::elements::{Check, Element};
use crate::kernel::rules::Rules;
use crate::kernel::text::text;
use crate::spot_checks::plans::ItemKind;
use crate::spot_checks::tasks::SpotType;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// 检查要点: what is looked at, under which clauses, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CheckPoint {
    /// 检查项名称
    pub name: Option<String>,
    /// 检查内容
    pub content: Option<String>,
    /// 操作要领和方法
    pub essentials: Option<String>,
    /// 依据条款, as records
    pub clause_ids: Vec<Uuid>,
    /// 依据条款, in words
    pub basis_text: Option<String>,
    /// 适用的检查类型 (code table content-check-type)
    pub check_types: Vec<String>,
}

/// 检查实施清单要素. A draft may leave anything open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Elements {
    /// 检查类别: 01 on-site, 02 off-site (code table check-type)
    pub check_category: Option<String>,
    /// 检查方式 (code table check-mode)
    pub check_modes: Vec<String>,
    /// 是否纳入双随机
    pub double_random: Option<bool>,
    /// 定向/不定向, where it is in double random
    pub spot_type: Option<SpotType>,
    /// 是否适合联合检查
    pub joint: Option<bool>,
    /// 协同相关机构, where it is joint
    pub cooperating_bodies: Vec<String>,
    /// 一般检查事项/重点检查事项
    pub item_kind: Option<ItemKind>,
    /// 监管对象类型 (code table supervise-object-type)
    pub object_types: Vec<String>,
    /// 监管对象, in words
    pub targets: Option<String>,
    /// 检查要点, in their order
    pub check_points: Vec<CheckPoint>,
    /// 行使层级 (code table exercise-level)
    pub exercise_level: Option<String>,
    /// 实施主体性质 (code table implement-nature)
    pub implement_nature: Option<String>,
    /// 检查频次, in words
    pub frequency_text: Option<String>,
    /// 每年上限次数
    pub max_per_year: Option<u32>,
    /// 抽查比例下限, basis points
    pub ratio_floor_bp: Option<u32>,
    /// 抽查比例上限, basis points
    pub ratio_ceiling_bp: Option<u32>,
    /// 检查结果 (code table spot-result): the results an inspection may have
    pub result_codes: Vec<String>,
    /// 检查人员是否需要专业资格
    pub qualification_required: Option<bool>,
    /// 专业资格, where one is required
    pub qualification: Option<String>,
    /// 检查人员最少人数
    pub minimum_officers: Option<u32>,
    /// 检查文书
    pub documents: Vec<String>,
}

impl Elements {
    /// Every clause cited, with the pointer of the citation.
    pub fn citations(&self) -> Vec<(Uuid, String)> {
        let points = self.check_points.iter().enumerate();
        points
            .flat_map(|(point, check)| {
                let clauses = check.clause_ids.iter().enumerate();
                clauses.map(move |(at, clause)| (*clause, format!("/check_points/{point}/clause_ids/{at}")))
            })
            .collect()
    }

    /// The day on which a check point, and the list with it, loses its basis, as far as known.
    pub fn basis_lost_on(&self, repealed_on: impl Fn(Uuid) -> Option<NaiveDate>) -> Option<NaiveDate> {
        self.check_points.iter().filter_map(|point| lost_on(&point.clause_ids, &repealed_on)).min()
    }
}

const CHECK_TYPES: [&str; 4] = ["DAILY", "RANDOM", "SPECIAL", "TEMPORARY"];
const RESULTS: [&str; 18] =
    ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "A", "B", "C", "D", "E", "F"];

/// Each required element, there and valid or named with its pointer.
pub fn check(elements: &Elements, rules: &Rules, clause_in_force: &dyn Fn(Uuid) -> bool) -> Check {
    let mut check = Check::default();
    let strs = |values: &[String]| values.iter().map(String::as_str).map(str::to_owned).collect::<Vec<_>>();
    let codes = |check: &mut Check, pointer: &str, name, values: &[String], table: &[&str]| {
        let values = strs(values);
        check.codes(pointer, name, &values.iter().map(String::as_str).collect::<Vec<_>>(), table);
    };
    check.coded("/check_category", "检查类别", elements.check_category.as_deref(), &["01", "02"]);
    codes(&mut check, "/check_modes", "检查方式", &elements.check_modes, &["1", "2", "3"]);
    flag(&mut check, "/double_random", "是否纳入双随机", elements.double_random);
    if elements.double_random == Some(true) {
        present(&mut check, "/spot_type", "定向或不定向", elements.spot_type.is_some());
    }
    flag(&mut check, "/joint", "是否适合联合检查", elements.joint);
    if elements.joint == Some(true) {
        present(&mut check, "/cooperating_bodies", "协同相关机构", !elements.cooperating_bodies.is_empty());
    }
    present(&mut check, "/item_kind", "一般或重点检查事项", elements.item_kind.is_some());
    let types: Vec<String> = (1..=11).map(|code| code.to_string()).collect();
    let types: Vec<&str> = types.iter().map(String::as_str).collect();
    codes(&mut check, "/object_types", "监管对象类型", &elements.object_types, &types);
    check.text("/targets", "监管对象", elements.targets.as_deref());
    check.coded("/exercise_level", "行使层级", elements.exercise_level.as_deref(), &["1", "2", "3", "4", "5"]);
    check.coded("/implement_nature", "实施主体性质", elements.implement_nature.as_deref(), &["01", "02"]);
    check.text("/frequency_text", "检查频次", elements.frequency_text.as_deref());
    present(&mut check, "/max_per_year", "年度检查上限", elements.max_per_year.is_some());
    ratios(&mut check, elements, rules);
    codes(&mut check, "/result_codes", "检查结果", &elements.result_codes, &RESULTS);
    flag(&mut check, "/qualification_required", "检查人员是否需要专业资格", elements.qualification_required);
    if elements.qualification_required == Some(true) {
        check.text("/qualification", "专业资格", elements.qualification.as_deref());
    }
    officers(&mut check, elements.minimum_officers, rules.minimum_officers);
    present(&mut check, "/documents", "检查文书", !elements.documents.is_empty());
    present(&mut check, "/check_points", "检查要点", !elements.check_points.is_empty());
    for (at, point) in elements.check_points.iter().enumerate() {
        check_point(&mut check, &format!("/check_points/{at}"), point);
    }

    for (clause, pointer) in elements.citations() {
        if !clause_in_force(clause) {
            check.clause_not_in_force(pointer, "检查要点依据");
        }
    }

    check
}

fn flag(check: &mut Check, pointer: &str, name: &'static str, value: Option<bool>) {
    present(check, pointer, name, value.is_some());
}

fn present(check: &mut Check, pointer: &str, name: &'static str, there: bool) {
    if there {
        check.found(Element::new(pointer, name));
    } else {
        check.missing(pointer, name);
    }
}

fn ratios(check: &mut Check, elements: &Elements, rules: &Rules) {
    present(check, "/ratio_floor_bp", "抽查比例下限", elements.ratio_floor_bp.is_some());
    present(check, "/ratio_ceiling_bp", "抽查比例上限", elements.ratio_ceiling_bp.is_some());
    let (Some(floor), Some(ceiling)) = (elements.ratio_floor_bp, elements.ratio_ceiling_bp) else { return };
    if floor > ceiling || ceiling > 10_000 {
        let message = text!("抽查比例下限应不高于上限，上限不高于 100%。", "The floor is above the ceiling, or 100 %.");
        check.out_of_range("/ratio_floor_bp", "抽查比例", message);
    }
    let limit = rules.general_item_ceiling_bp;

    if elements.item_kind == Some(ItemKind::General) && ceiling > limit {
        let message = text!(
            "一般检查事项的抽查比例上限不得高于 {p}%。",
            "The ceiling of a general item may not exceed {p} %.",
            p = crate::spot_checks::plans::percent(limit)
        );
        check.out_of_range("/ratio_ceiling_bp", "抽查比例上限", message);
    }
}

fn officers(check: &mut Check, minimum: Option<u32>, required: u32) {
    present(check, "/minimum_officers", "检查人员最少人数", minimum.is_some());
    if minimum.is_some_and(|minimum| minimum < required) {
        let message = text!("检查人员不得少于 {required} 人。", "There must be {required} officers or more.");
        check.out_of_range("/minimum_officers", "检查人员最少人数", message);
    }
}

fn check_point(check: &mut Check, pointer: &str, point: &CheckPoint) {
    check.text(format!("{pointer}/name"), "检查项名称", point.name.as_deref());
    check.text(format!("{pointer}/content"), "检查内容", point.content.as_deref());
    let types: Vec<&str> = point.check_types.iter().map(String::as_str).collect();
    check.codes(&format!("{pointer}/check_types"), "适用检查类型", &types, &CHECK_TYPES);
    let basis = point.basis_text.as_deref().is_some_and(|text| !text.trim().is_empty());
    if basis || !point.clause_ids.is_empty() {
        check.found(Element::new(format!("{pointer}/basis_text"), "检查要点依据"));
    } else {
        check.missing(format!("{pointer}/basis_text"), "检查要点依据");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Elements {
        Elements {
            check_category: Some("01".to_owned()),
            check_modes: vec!["1".to_owned()],
            double_random: Some(true),
            spot_type: Some(SpotType::Targeted),
            joint: Some(false),
            item_kind: Some(ItemKind::General),
            object_types: vec!["1".to_owned()],
            targets: Some("餐饮服务单位".to_owned()),
            check_points: vec![CheckPoint {
                name: Some("许可情况".to_owned()),
                content: Some("是否取得食品经营许可".to_owned()),
                clause_ids: vec![Uuid::from_u128(7)],
                check_types: vec!["RANDOM".to_owned()],
                ..CheckPoint::default()
            }],
            exercise_level: Some("4".to_owned()),
            implement_nature: Some("01".to_owned()),
            frequency_text: Some("每年不超过2次".to_owned()),
            max_per_year: Some(2),
            ratio_floor_bp: Some(300),
            ratio_ceiling_bp: Some(1_000),
            result_codes: vec!["1".to_owned(), "E".to_owned()],
            qualification_required: Some(false),
            minimum_officers: Some(2),
            documents: vec!["现场检查笔录".to_owned()],
            ..Elements::default()
        }
    }

    fn rules_of(elements: &Elements) -> Vec<(String, &'static str)> {
        let found = check(elements, &Rules::default(), &|clause| clause == Uuid::from_u128(7));
        found.problems().map(|problem| (problem.pointer.clone(), problem.rule)).collect()
    }

    #[test]
    fn a_whole_list_is_complete() {
        assert_eq!(rules_of(&whole()), []);
        let found = check(&whole(), &Rules::default(), &|_| true);
        assert!(found.is_complete() && found.required() == found.filled());
    }

    #[test]
    fn each_element_taken_away_is_named_by_its_pointer() {
        let value = serde_json::to_value(whole()).unwrap_or_default();
        let required = check(&whole(), &Rules::default(), &|_| true);
        let top: Vec<_> =
            required.elements().iter().filter(|element| element.pointer.matches('/').count() == 1).collect();
        assert!(top.len() >= 18, "{}", top.len());

        for element in top {
            let mut less = value.clone();
            let field = element.pointer.trim_start_matches('/');
            if let Some(map) = less.as_object_mut() {
                map.remove(field);
            }
            let elements: Elements = serde_json::from_value(less).unwrap_or_default();
            assert!(rules_of(&elements).contains(&(element.pointer.clone(), "MISSING")), "{field}");
        }
    }

    #[test]
    fn values_out_of_range_and_conditional_elements_are_named() {
        let mut elements = whole();
        elements.minimum_officers = Some(1);
        elements.ratio_ceiling_bp = Some(2_000);
        elements.joint = Some(true);
        elements.qualification_required = Some(true);
        elements.check_points[0].clause_ids = vec![Uuid::from_u128(8)];
        elements.check_points[0].check_types = vec!["NEVER".to_owned()];
        let found = rules_of(&elements);

        for expected in [
            ("/minimum_officers", "OUT_OF_RANGE"),
            ("/ratio_ceiling_bp", "OUT_OF_RANGE"),
            ("/cooperating_bodies", "MISSING"),
            ("/qualification", "MISSING"),
            ("/check_points/0/clause_ids/0", "CLAUSE_REPEALED"),
            ("/check_points/0/check_types/0", "NOT_IN_CODE_TABLE"),
        ] {
            assert!(
                found.iter().any(|(pointer, rule)| (pointer.as_str(), *rule) == expected),
                "{expected:?}: {found:?}"
            );
        }
    }
}
