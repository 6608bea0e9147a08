//! The fairness account, in figures and in words.

use crate::app::App;
use crate::http::kernel::extract::{Param, ParamKind, ParamValue, Params};
use crate::http::kernel::reply::View;
use crate::persistence::register::{departments, regions};
use crate::service::spot_checks::draws::Fairness;
use chrono::NaiveDate;
use domain::kernel::text::text;
use domain::spot_checks::fairness::{FairnessKind, Figure, OTHERS};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The days of the account.
#[derive(Default)]
pub struct Period {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Params for Period {
    const PARAMS: &'static [Param] = &[
        Param { name: "from", doc: "起始日期，默认为今年第一天", kind: ParamKind::Day },
        Param {
            name: "to", doc: "截止日期（含），默认为今天；与起始日期至多相距 366 天", kind: ParamKind::Day
        },
    ];

    const MAY_MISS: bool = true;

    fn set(&mut self, name: &str, value: ParamValue) {
        if let ParamValue::Day(day) = value {
            *(if name == "from" { &mut self.from } else { &mut self.to }) = Some(day);
        }
    }
}

/// 公平性统计
#[derive(Serialize, ToSchema)]
pub struct FairnessView {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// 有效的抽取次数
    pub draws: u64,
    /// 抽取之后又作废的次数
    pub given_up: u64,
    /// 分组数（可判断的）
    pub judged: u64,
    /// 其中 p 小于 0.001 的分组数
    pub striking: u64,
    /// 结论
    pub summary_zh: String,
    pub summary_en: String,
    pub groups: Vec<GroupView>,
}

impl View for FairnessView {}

/// 一组: what was to be expected beside what came.
#[derive(Serialize, ToSchema)]
pub struct GroupView {
    pub kind: FairnessKind,
    /// 乡镇代码、监管对象类型、注册资本规模或部门标识
    pub key: String,
    pub label: String,
    /// 按机会应有的次数，取整（更精确的数会透露信用类别）
    pub expected: i64,
    /// 实际次数
    pub realised: i64,
    /// 仅凭机会出现如此偏差的概率，取两位小数; null: 次数太少，不足以判断
    #[schema(required)]
    pub p_value: Option<f64>,
    /// 概率低于千分之一
    pub striking: bool,
}

/// What groups are called.
pub struct Labels {
    townships: BTreeMap<String, String>,
    departments: BTreeMap<String, String>,
    types: BTreeMap<String, String>,
}

impl Labels {
    pub async fn load(app: &App) -> crate::kernel::error::Result<Self> {
        let townships = regions::all(&app.db).await?.into_iter().map(|region| (region.code, region.name));
        let departments = departments::all(&app.db).await?.into_iter().map(|one| (one.id.to_string(), one.name));
        let types = app.tables.get("supervise-object-type").map(|table| table.values.clone()).unwrap_or_default();
        Ok(Self {
            townships: townships.collect(),
            departments: departments.collect(),
            types: types.into_iter().map(|value| (value.code, value.label_zh)).collect(),
        })
    }

    fn of(&self, kind: FairnessKind, key: &str) -> String {
        let found = match kind {
            FairnessKind::Township => self.townships.get(key),
            FairnessKind::ObjectType => self.types.get(key),
            FairnessKind::OfficerPairs | FairnessKind::ObjectOfficer => self.departments.get(key),
            FairnessKind::Size => None,
        };
        let band = match key {
            "BELOW_100K" => "不足 10 万元",
            "BELOW_1M" => "10 万元至 100 万元",
            "BELOW_10M" => "100 万元至 1000 万元",
            "FROM_10M" => "1000 万元以上",
            OTHERS => "其他（户数少的各组合计）",
            _ => "未登记",
        };
        found.cloned().unwrap_or_else(|| band.to_owned())
    }
}

/// From here on a departure is striking.
const STRIKING: f64 = 0.001;

impl FairnessView {
    pub fn of(account: Fairness, labels: &Labels) -> Self {
        let Fairness { from, to, draws, given_up, figures } = account;
        let group = |((kind, key), figure): ((FairnessKind, String), Figure)| GroupView {
            kind,
            label: labels.of(kind, &key),
            key,
            expected: (figure.expected_micro + 500_000) / 1_000_000,
            realised: figure.realised,
            p_value: figure.p_value(kind).map(|p| (p * 100.0).round() / 100.0),
            striking: figure.p_value(kind).is_some_and(|p| p < STRIKING),
        };
        let groups: Vec<_> = figures.into_iter().map(group).collect();
        let judged = groups.iter().filter(|group| group.p_value.is_some()).count();
        let striking = groups.iter().filter(|group| group.striking).count();

        let verdict = if judged == 0 {
            text!(
                "{from} 至 {to} 有效抽取 {draws} 次，次数太少，尚不足以判断。",
                "From {from} to {to} there were {draws} draws: too few to tell."
            )
        } else if striking == 0 {
            text!(
                "{from} 至 {to} 有效抽取 {draws} 次（另有 {given_up} 次抽取后作废）；按乡镇、对象类型、规模和人员搭配共 {judged} 组，实际与机会相符，没有一组出现概率低于千分之一的偏差。",
                "From {from} to {to} there were {draws} draws ({given_up} more were given up after they were drawn); in {judged} groups by township, type, size and team, what came agrees with the chances: no departure is rarer than one in a thousand."
            )
        } else {
            text!(
                "{from} 至 {to} 有效抽取 {draws} 次（另有 {given_up} 次抽取后作废）；{judged} 组中有 {striking} 组出现概率低于千分之一的偏差，应查明原因；组数多时偶有一组也属可能。",
                "From {from} to {to} there were {draws} draws ({given_up} more were given up after they were drawn); {striking} of {judged} groups depart by less than one chance in a thousand and should be looked into. Among many groups one may do so by chance."
            )
        };

        Self {
            from,
            to,
            draws,
            given_up,
            judged: judged as u64,
            striking: striking as u64,
            summary_zh: verdict.zh,
            summary_en: verdict.en,
            groups,
        }
    }
}
