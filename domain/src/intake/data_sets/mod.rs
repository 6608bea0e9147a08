//! 数据集目录: the sets of records that a county must gather (rules of the trade §23), each with an owner, a source, how often it
//! is brought up to date, who answers for it, and an agreed plan 汇集方案: `DRAFT → SUBMITTED → APPROVED → IN_FORCE`. The plan is
//! in force when its duty person has signed it; it is looked at again once a year.

mod arrivals;

pub use arrivals::arrival;

use crate::access::{Actor, Decide, Permission};
use crate::intake::behaviours::BehaviourSet;
use crate::intake::imports::Dataset;
use crate::kernel::clocks::Term;
use crate::kernel::clocks::calendar::Calendar;
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::text;
use chrono::NaiveDate;
use uuid::Uuid;

code_list! {
    /// What a set is made of: all of these are required (rules of the trade §23).
    DataSetContent "数据集内容" {
        Items "监管事项目录清单", ImplementationLists "检查实施清单", Objects "监管对象", Officers "执法人员",
        Checks "行政检查行为", Penalties "行政处罚行为", Coercions "行政强制行为", OtherBehaviours "其他监管行为",
        Complaints "投诉举报", Credit "信用分类结果", Clues "风险预警线索", Plans "抽查计划", Results "检查结果"
    }
}

impl DataSetContent {
    /// How often it is to come until its plan says otherwise (platform rule).
    pub const fn usual_cadence(self) -> Cadence {
        match self {
            Self::Checks | Self::Penalties | Self::Coercions | Self::OtherBehaviours => Cadence::Weekly,
            Self::Objects | Self::Complaints | Self::Clues | Self::Results => Cadence::Monthly,
            Self::Officers | Self::Credit => Cadence::Quarterly,
            Self::Items | Self::ImplementationLists | Self::Plans => Cadence::Yearly,
        }
    }

    /// The set of which a file that was taken has brought something; what comes in other files is not required.
    pub const fn of_file(dataset: Dataset) -> Option<Self> {
        match dataset {
            Dataset::Objects => Some(Self::Objects),
            Dataset::Personnel => Some(Self::Officers),
            Dataset::CreditClassifications => Some(Self::Credit),
            Dataset::Complaints => Some(Self::Complaints),
            // A plan that was read is a draft, and a row of behaviours is taken though it is wrong.
            Dataset::Plans
            | Dataset::Checks
            | Dataset::Penalties
            | Dataset::Coercions
            | Dataset::OtherBehaviours
            | Dataset::SpotCheckItems
            | Dataset::Catalogue
            | Dataset::OwnSystemItems
            | Dataset::JusticeRoll
            | Dataset::IssuedTasks => None,
        }
    }

    pub const fn of_behaviours(set: BehaviourSet) -> Self {
        match set {
            BehaviourSet::Check => Self::Checks,
            BehaviourSet::Penalty => Self::Penalties,
            BehaviourSet::Coercion => Self::Coercions,
            BehaviourSet::Other => Self::OtherBehaviours,
        }
    }
}

code_list! {
    /// How often a set is brought up to date.
    Cadence "更新周期" { Daily "每工作日", Weekly "每周", Monthly "每月", Quarterly "每季度", Yearly "每年" }
}

impl Cadence {
    /// How long after an arrival the next one has to come; a last day that is none of work is followed by the next that is.
    pub const fn term(self) -> Term {
        match self {
            Self::Daily => Term::working_days(1),
            Self::Weekly => Term::days(7),
            Self::Monthly => Term::months(1),
            Self::Quarterly => Term::months(3),
            Self::Yearly => Term::months(12),
        }
    }
}

code_list! {
    /// 《数据安全法》第二十一条
    DataGrade "数据分级" { General "一般", Important "重要", Core "核心" }
}

code_list! {
    /// 《政务数据共享条例》（国令第809号）
    ShareClass "共享属性" { Unconditional "无条件共享", Conditional "有条件共享", Withheld "不予共享" }
}

code_list! {
    DataSetStatus "数据集目录状态" { Draft "编制中", Submitted "待批准", Approved "待责任人签认", InForce "已生效" }
}

code_list! {
    DataSetAction "数据集目录操作" {
        Update "填写", Submit "提交", Return "退回", Approve "批准", Sign "签认", Revise "修订", Review "年度复核"
    }
}

code_list! {
    /// What a set lacks on a day.
    DataSetLack "数据集问题" {
        NoPlan "没有生效的汇集方案", NoDutyPerson "责任人缺位", ReviewOverdue "年度复核逾期",
        NeverArrived "从未更新", Overdue "超期未更新"
    }
}

impl DataSetLack {
    /// Whether it is about rows that did not come.
    pub const fn is_of_arrival(self) -> bool {
        matches!(self, Self::NeverArrived | Self::Overdue)
    }
}

/// The life of an entry of the catalogue, whole.
pub const fn next(status: DataSetStatus, action: DataSetAction) -> Option<DataSetStatus> {
    use DataSetAction as A;
    use DataSetStatus as S;

    match (status, action) {
        (S::Draft, A::Update) | (S::Submitted | S::Approved, A::Return) | (S::Approved | S::InForce, A::Revise) => {
            Some(S::Draft)
        }
        (S::Draft, A::Submit) => Some(S::Submitted),
        (S::Submitted, A::Approve) => Some(S::Approved),
        (S::Approved, A::Sign) | (S::InForce, A::Review) => Some(S::InForce),
        (S::Draft, A::Return | A::Approve | A::Sign | A::Revise | A::Review)
        | (S::Submitted, A::Update | A::Submit | A::Sign | A::Revise | A::Review)
        | (S::Approved, A::Update | A::Submit | A::Approve | A::Review)
        | (S::InForce, A::Update | A::Submit | A::Return | A::Approve | A::Sign) => None,
    }
}

impl DataSetAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Update | Self::Submit | Self::Revise | Self::Review => Permission::DataSetsWrite,
            Self::Return | Self::Approve => Permission::DataSetsApprove,
            Self::Sign => Permission::DataSetsSign,
        }
    }
}

/// An entry of the catalogue, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct DataSetFacts {
    pub status: DataSetStatus,
    pub department_id: Option<Uuid>,
    /// Who is to answer for it.
    pub duty_user_id: Option<Uuid>,
    pub submitted_by: Option<Uuid>,
}

impl Decide for DataSetFacts {
    type Action = DataSetAction;
    type Next = DataSetStatus;

    fn is_granted(&self, actor: &Actor, action: DataSetAction) -> bool {
        let is_own = self.duty_user_id == Some(actor.id);
        actor.may(action.permission(), self.department_id.unwrap_or_default(), is_own)
    }

    fn judge(&self, actor: &Actor, action: DataSetAction) -> Result<DataSetStatus, Refusal> {
        let next = next(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;

        if action == DataSetAction::Submit && self.department_id.is_none() {
            let detail = text!(
                "请先填写责任部门、来源系统、责任人和汇集方案，再提交。",
                "Write down owner, source system, duty person and plan before it is submitted."
            );
            return Err(Refusal::new(Code::StateConflict, detail));
        }
        if matches!(action, DataSetAction::Return | DataSetAction::Approve) {
            actor.check_not_own(self.submitted_by)?;
        }
        Ok(next)
    }
}

/// The day by which the next rows have to come, of a set that has come before.
pub fn due_on(cadence: Cadence, arrived: NaiveDate, calendar: &Calendar) -> NaiveDate {
    cadence.term().due_on(calendar, arrived)
}

/// Why its rows are not up to date on a day.
pub fn arrival_lack(
    cadence: Cadence,
    arrived: Option<NaiveDate>,
    (today, calendar): (NaiveDate, &Calendar),
) -> Option<DataSetLack> {
    let Some(arrived) = arrived else { return Some(DataSetLack::NeverArrived) };
    (due_on(cadence, arrived, calendar) < today).then_some(DataSetLack::Overdue)
}

/// What is agreed about a set.
#[derive(Clone, Copy, Debug)]
pub struct Agreed {
    pub cadence: Cadence,
    /// Since when its plan is in force.
    pub in_force_on: Option<NaiveDate>,
    /// Whoever signed the plan, and may still do what a duty person does.
    pub duty_person: Option<Uuid>,
    pub review_on: Option<NaiveDate>,
}

/// Everything that a set lacks on a day.
pub fn lacks(
    agreed: &Agreed,
    arrived: Option<NaiveDate>,
    (today, calendar): (NaiveDate, &Calendar),
) -> Vec<DataSetLack> {
    let has_plan = agreed.in_force_on.is_some();
    let late_review = agreed.review_on.is_some_and(|day| day < today);

    [
        (!has_plan).then_some(DataSetLack::NoPlan),
        (has_plan && agreed.duty_person.is_none()).then_some(DataSetLack::NoDutyPerson),
        late_review.then_some(DataSetLack::ReviewOverdue),
        arrival_lack(agreed.cadence, arrived, (today, calendar)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests;
