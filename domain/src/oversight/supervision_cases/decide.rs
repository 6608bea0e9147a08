//! What may be done to a case now.

use super::{SupervisionAction, SupervisionMeasure, SupervisionStatus, next};
use crate::access::{Actor, Decide};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::text;
use uuid::Uuid;

/// A case, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct SupervisionFacts {
    pub status: SupervisionStatus,
    /// Whose enforcement it is about.
    pub department_id: Uuid,
    /// The time for the answer is over.
    pub is_overdue: bool,
    /// The time was extended once.
    pub is_extended: bool,
    /// Documents that were sent.
    pub papers: usize,
    /// The newest of them was not answered in time, or its answer did not do, and no measure was taken since.
    pub has_cause: bool,
    pub measure: SupervisionMeasure,
    /// The newest of which is written down what was done.
    pub taken: Option<SupervisionMeasure>,
}

impl Decide for SupervisionFacts {
    type Action = SupervisionAction;
    type Next = SupervisionStatus;

    fn is_granted(&self, actor: &Actor, action: SupervisionAction) -> bool {
        actor.may(action.permission(), self.department_id, false)
    }

    fn judge(&self, _: &Actor, action: SupervisionAction) -> Result<SupervisionStatus, Refusal> {
        use SupervisionAction as A;
        use SupervisionStatus as S;

        let next = next(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;
        let waits = matches!(self.status, S::Notice | S::Opinion | S::Decision);

        match action {
            A::IssueDecision if waits => self.check_overdue()?,
            A::Extend => self.check_extension()?,
            A::Escalate => self.check_escalation()?,
            A::Close => self.check_carried_out()?,
            A::Dismiss => self.check_unsent()?,
            A::Update
            | A::Investigate
            | A::IssueNotice
            | A::IssueOpinion
            | A::IssueDecision
            | A::Reply
            | A::Reject
            | A::Verify => {}
        }

        Ok(next)
    }
}

impl SupervisionFacts {
    fn check_overdue(&self) -> Result<(), Refusal> {
        if self.is_overdue {
            return Ok(());
        }
        let detail =
            text!("回复期限尚未届满，应等待被监督单位回复。", "The time for the answer is not over: wait for it.");
        Err(Refusal::new(Code::StateConflict, detail))
    }

    /// Once, and before the time is over.
    fn check_extension(&self) -> Result<(), Refusal> {
        if self.is_overdue {
            let detail = text!("回复期限已过，不能再延期。", "The time is over: what is late cannot be extended.");
            return Err(Refusal::new(Code::StateConflict, detail));
        }
        if self.is_extended {
            let detail = text!("回复期限只能延长一次。", "The time for an answer is extended once only.");
            return Err(Refusal::new(Code::ExtensionUsed, detail));
        }
        Ok(())
    }

    /// A step further for no answer in time, or for one that did not do; each step is carried out before the next.
    fn check_escalation(&self) -> Result<(), Refusal> {
        if self.taken == Some(SupervisionMeasure::Report) {
            let detail =
                text!("已报告本级人民政府，没有更高的措施。", "It was reported to the government: no step is higher.");
            return Err(Refusal::new(Code::StateConflict, detail));
        }
        if self.has_cause || self.has_measure_to_do() {
            return Ok(());
        }
        let detail = text!(
            "逾期未回复、回复未通过核验或多次发生的，才能提级处理；同一情形只提级一次。",
            "A step further is for no answer in time, for one that did not do, or for what happened again; once for each."
        );
        Err(Refusal::new(Code::StateConflict, detail))
    }

    /// A measure beyond putting it right was set, and nothing is written down of it yet.
    pub fn has_measure_to_do(&self) -> bool {
        self.measure != SupervisionMeasure::Rectify && self.taken != Some(self.measure)
    }

    /// What the department was told to put right is not said to be nothing afterwards.
    fn check_unsent(&self) -> Result<(), Refusal> {
        if self.papers == 0 {
            return Ok(());
        }
        let detail = text!(
            "已制发监督文书，不能按查无问题结案。",
            "The department was sent a document: it is no longer nothing."
        );
        Err(Refusal::new(Code::StateConflict, detail))
    }

    fn check_carried_out(&self) -> Result<(), Refusal> {
        if !self.has_measure_to_do() {
            return Ok(());
        }
        let (zh, en) = (self.measure.label(), self.measure.code());
        let detail = text!(
            "请先登记“{zh}”的办理情况（提级处理）。",
            "Write down first what was done of it ({en}, by escalating)."
        );
        Err(Refusal::new(Code::StateConflict, detail))
    }
}
