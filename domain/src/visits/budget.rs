//! 入企检查额度: how often enterprises are visited is limited by rows that the county publishes. A request is judged against all
//! of them, the strictest applies, and a refusal names the row and where it is written.

use super::VisitKind;
use crate::credit::CreditClass;
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::VISIT_BUDGET;
use crate::kernel::text::{Text, text};
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

code_list! {
    /// What a row limits. A year is the calendar year of the window's first day.
    RuleKind "额度规则类别" {
        BodyCap "同一部门对同一企业年度上限", EnterpriseCap "各部门对同一企业年度上限", Interval "两次检查最小间隔（天）",
        QuietDays "企业宁静日", Whitelist "无处罚企业免检"
    }
}

/// A row: a number and whom it binds. An empty list binds all.
#[derive(Clone, Debug)]
pub struct Rule {
    pub code: String,
    pub name: String,
    /// 依据: the document and its place.
    pub basis: String,
    pub kind: RuleKind,
    /// Visits a year, days between two, or years without a penalty.
    pub amount: u32,
    /// 每月起止日 of quiet days.
    pub days: Option<(u32, u32)>,
    pub kinds: Vec<VisitKind>,
    pub departments: Vec<Uuid>,
    pub classes: Vec<CreditClass>,
    pub object_types: Vec<String>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub kind: VisitKind,
    pub department: Uuid,
    pub class: CreditClass,
    pub object_type: &'a str,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// It joins a visit that stands: the enterprise is visited no more often.
    pub joins: bool,
}

/// What the enterprise has had.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// Visits of the year that count, reserved ones among them.
    pub by_all: u32,
    pub by_department: u32,
    /// Windows of other counting visits near this one.
    pub near: Vec<(NaiveDate, NaiveDate)>,
    /// The last penalty, and the day since which the register knows the enterprise.
    pub last_penalty: Option<NaiveDate>,
    pub known_since: Option<NaiveDate>,
}

/// A row that refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    pub code: String,
    pub name: String,
    pub basis: String,
    pub kind: RuleKind,
    pub used: u32,
    pub amount: u32,
    pub detail: Text,
    /// The row binds by credit class, which not everybody may know.
    pub by_class: bool,
}

impl Breach {
    /// What somebody who may not know the enterprise's class is told of a row that binds by it.
    pub fn without_class(self) -> Self {
        if !self.by_class {
            return self;
        }
        Self {
            code: String::new(),
            name: String::new(),
            basis: String::new(),
            used: 0,
            amount: 0,
            detail: text!("按对该企业适用的规则不得再安排", "the rows that bind this enterprise allow no more"),
            ..self
        }
    }
}

impl Rule {
    fn binds(&self, request: &Request<'_>) -> bool {
        fn names<T: PartialEq>(list: &[T], one: &T) -> bool {
            list.is_empty() || list.contains(one)
        }
        // An enterprise without a class is treated as any other.
        let class = if request.class == CreditClass::Unclassified { CreditClass::General } else { request.class };
        names(&self.kinds, &request.kind)
            && names(&self.departments, &request.department)
            && names(&self.classes, &class)
            && (self.object_types.is_empty() || self.object_types.iter().any(|one| one == request.object_type))
    }

    fn breach(&self, used: u32, detail: Text) -> Breach {
        Breach {
            code: self.code.clone(),
            name: self.name.clone(),
            basis: self.basis.clone(),
            kind: self.kind,
            used,
            amount: self.amount,
            detail,
            by_class: !self.classes.is_empty(),
        }
    }

    fn judge(&self, request: &Request<'_>, usage: &Usage) -> Option<Breach> {
        let amount = self.amount;

        match self.kind {
            RuleKind::BodyCap => (usage.by_department >= amount).then(|| {
                let used = usage.by_department;
                self.breach(
                    used,
                    text!(
                        "本部门今年对该企业已安排 {used} 次，上限 {amount} 次",
                        "your department has {used} of {amount} visit(s) to this enterprise this year"
                    ),
                )
            }),
            RuleKind::EnterpriseCap => (!request.joins && usage.by_all >= amount).then(|| {
                let used = usage.by_all;
                self.breach(
                    used,
                    text!(
                        "各部门今年对该企业已安排 {used} 次，上限 {amount} 次",
                        "all departments together have {used} of {amount} visit(s) to this enterprise this year"
                    ),
                )
            }),
            RuleKind::Interval => {
                let least = usage.near.iter().map(|other| days_between(*other, (request.from, request.to))).min()?;
                (!request.joins && least < i64::from(amount)).then(|| {
                    self.breach(
                        u32::try_from(least).unwrap_or(0),
                        text!(
                            "与另一次检查仅相隔 {least} 天，应不少于 {amount} 天",
                            "another visit is {least} day(s) away; {amount} are required"
                        ),
                    )
                })
            }
            RuleKind::QuietDays => {
                let (first, last) = self.days?;
                let quiet = |day: &NaiveDate| (first..=last).contains(&day.day());
                let day = request.from.iter_days().take_while(|day| *day <= request.to).find(quiet)?;
                Some(self.breach(
                    0,
                    text!(
                        "{day} 是企业宁静日（每月 {first} 日至 {last} 日）",
                        "{day} is a quiet day (from the {first} to the {last} of each month)"
                    ),
                ))
            }
            RuleKind::Whitelist => {
                let clean_from = usage.last_penalty.or(usage.known_since)?;
                let years = request.from.year() - clean_from.year() - 1;
                (years >= i32::try_from(amount).unwrap_or(i32::MAX)).then(|| {
                    self.breach(
                        u32::try_from(years).unwrap_or(0),
                        text!(
                            "该企业连续 {years} 个年度无行政处罚，本年度免于日常检查",
                            "the enterprise has had no penalty for {years} year(s) and is exempt this year"
                        ),
                    )
                })
            }
        }
    }
}

/// Days from the end of one window to the beginning of the other; none where they meet.
fn days_between(one: (NaiveDate, NaiveDate), other: (NaiveDate, NaiveDate)) -> i64 {
    (other.0 - one.1).num_days().max((one.0 - other.1).num_days()).max(0)
}

/// The rows that refuse a request that counts.
pub fn breaches(rules: &[Rule], request: &Request<'_>, usage: &Usage) -> Vec<Breach> {
    rules.iter().filter(|rule| rule.binds(request)).filter_map(|rule| rule.judge(request, usage)).collect()
}

/// The strictest row that limits how often an enterprise is visited in a year, whoever asks and whatever its class.
pub fn enterprise_cap<'a>(rules: &'a [Rule], object_type: &str) -> Option<&'a Rule> {
    let for_all = |rule: &&Rule| {
        let types = rule.object_types.is_empty() || rule.object_types.iter().any(|one| one == object_type);
        types && rule.kinds.is_empty() && rule.departments.is_empty() && rule.classes.is_empty()
    };
    let caps = rules.iter().filter(|rule| rule.kind == RuleKind::EnterpriseCap);
    caps.filter(for_all).min_by_key(|rule| rule.amount)
}

/// Refuses, naming each row and its basis.
pub fn check(breaches: &[Breach]) -> Result<(), Refusal> {
    if breaches.is_empty() {
        return Ok(());
    }
    // A row that is not to be known has no code.
    let named =
        |detail: &str, row: String| if row.is_empty() { detail.to_owned() } else { format!("{detail}〔{row}〕") };
    let row = |one: &Breach| if one.code.is_empty() { String::new() } else { format!("{}，{}", one.code, one.basis) };
    let zh: Vec<_> = breaches.iter().map(|one| named(&one.detail.zh, row(one))).collect();
    let en: Vec<_> = breaches.iter().map(|one| named(&one.detail.en, one.code.clone())).collect();
    let (zh, en) = (zh.join("；"), en.join("; "));

    Err(Refusal::new(
        Code::BudgetReached,
        text!(
            "不得安排本次入企检查：{zh}。可转为非现场检查、并入其他部门的检查，或依法定情形（ground）申请。",
            "This visit is refused: {en}. Check off site, join another body's visit, or name a ground that the law exempts."
        ),
    )
    .under(VISIT_BUDGET))
}
