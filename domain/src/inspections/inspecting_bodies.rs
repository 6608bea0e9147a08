//! 行政检查主体: `DRAFT → SUBMITTED → CONFIRMED → PUBLISHED → WITHDRAWN`. The justice bureau confirms who may inspect; without a
//! body that is published and valid there is no task and no visit.

use crate::access::{Actor, Decide, Permission};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::CONFIRMED_BODIES;
use crate::kernel::text::{listed, text};
use chrono::NaiveDate;
use uuid::Uuid;

code_list! {
    BodyStatus "行政检查主体状态" { Draft "草稿", Submitted "待确认", Confirmed "已确认", Published "已公布", Withdrawn "已撤销" }
}

code_list! {
    /// Why a body may inspect (国办发〔2024〕54号): 议事协调机构 and third parties never may.
    BodyKind "行政检查主体类别" { Statutory "法定行政机关", Authorized "法律法规授权组织", Entrusted "受委托组织" }
}

code_list! {
    /// What can be done to an inspecting body.
    BodyAction "行政检查主体操作" {
        Update "修改", Submit "提交确认", Return "退回", Confirm "确认", Publish "公布", Withdraw "撤销", Discard "放弃"
    }
}

/// The life of an inspecting body, whole.
pub const fn next(status: BodyStatus, action: BodyAction) -> Option<BodyStatus> {
    use BodyAction as A;
    use BodyStatus as S;

    match (status, action) {
        (S::Draft, A::Update) | (S::Submitted, A::Return) => Some(S::Draft),
        (S::Draft, A::Submit) => Some(S::Submitted),
        (S::Submitted, A::Confirm) => Some(S::Confirmed),
        (S::Confirmed, A::Publish) => Some(S::Published),
        (S::Confirmed | S::Published, A::Withdraw) | (S::Draft, A::Discard) => Some(S::Withdrawn),
        (S::Draft, A::Return | A::Confirm | A::Publish | A::Withdraw)
        | (S::Submitted, A::Update | A::Submit | A::Publish | A::Withdraw | A::Discard)
        | (S::Confirmed, A::Update | A::Submit | A::Return | A::Confirm | A::Discard)
        | (S::Published, A::Update | A::Submit | A::Return | A::Confirm | A::Publish | A::Discard)
        | (S::Withdrawn, A::Update | A::Submit | A::Return | A::Confirm | A::Publish | A::Withdraw | A::Discard) => {
            None
        }
    }
}

pub fn apply(status: BodyStatus, action: BodyAction) -> Result<BodyStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

impl BodyAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Update | Self::Submit | Self::Discard => Permission::BodiesWrite,
            Self::Return | Self::Confirm | Self::Publish | Self::Withdraw => Permission::BodiesConfirm,
        }
    }
}

/// An inspecting body, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct BodyFacts {
    pub status: BodyStatus,
    pub department_id: Uuid,
    pub submitted_by: Option<Uuid>,
}

impl Decide for BodyFacts {
    type Action = BodyAction;
    type Next = BodyStatus;

    fn is_granted(&self, actor: &Actor, action: BodyAction) -> bool {
        actor.may(action.permission(), self.department_id, false)
    }

    fn judge(&self, actor: &Actor, action: BodyAction) -> Result<BodyStatus, Refusal> {
        let next = apply(self.status, action)?;
        if matches!(action, BodyAction::Return | BodyAction::Confirm) {
            actor.check_not_own(self.submitted_by)?;
        }
        Ok(next)
    }
}

/// A published body, as far as its standing needs.
#[derive(Clone, Debug)]
pub struct Standing {
    pub department: Uuid,
    /// In whose name it acts, where it acts in another's.
    pub principal: Option<Uuid>,
    pub valid_to: Option<NaiveDate>,
    /// Empty: whatever its department supervises.
    pub items: Vec<Uuid>,
}

impl Standing {
    fn is_valid_on(&self, day: NaiveDate) -> bool {
        self.valid_to.is_none_or(|last| day <= last)
    }

    fn covers(&self, items: &[Uuid]) -> bool {
        self.items.is_empty() || items.iter().all(|item| self.items.contains(item))
    }
}

/// Who may check what is asked of them on a day; of the others, who (department and its name) may not.
pub fn check_standing<'a>(
    bodies: &[Standing],
    asked: impl IntoIterator<Item = (Uuid, &'a str, &'a [Uuid])>,
    day: NaiveDate,
) -> Result<(), Refusal> {
    let valid =
        |department: Uuid| bodies.iter().filter(move |body| body.department == department && body.is_valid_on(day));
    // An entrusted body stands as long as whoever entrusted it, for what that body may check of its own right.
    let stands = |body: &&Standing, items: &[Uuid]| {
        body.principal.is_none_or(|principal| {
            valid(principal).any(|principal| principal.principal.is_none() && principal.covers(items))
        })
    };
    let missing: Vec<_> = asked
        .into_iter()
        .filter(|(department, _, items)| !valid(*department).any(|body| stands(&body, items) && body.covers(items)))
        .map(|(_, name, _)| name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }

    let names = listed(missing);
    Err(Refusal::new(
        Code::NoInspectingBody,
        text!(
            "{zh}没有经司法行政部门确认并公布、在有效期内且含所查事项的行政检查主体资格，不得组织或实施检查（{day}）。",
            "No published and valid inspecting body that may check these items: {en} ({day}).",
            zh = names.zh,
            en = names.en
        ),
    )
    .under(CONFIRMED_BODIES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_bodys_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            BodyStatus::ALL,
            BodyAction::ALL,
            |status, action| next(*status, *action).map(BodyStatus::code),
            |status| status.code(),
            |action| action.code()
        ));
    }

    #[test]
    fn a_body_stands_while_it_is_valid_and_its_principal_is() {
        let id = Uuid::from_u128;
        let day = |day| NaiveDate::from_ymd_opt(2026, 6, day).unwrap_or_default();
        let body = |department, principal, last: u32| Standing {
            department: id(department),
            principal,
            valid_to: (last > 0).then(|| day(last)),
            items: Vec::new(),
        };
        let asked = |department, items: &[Uuid], bodies: &[Standing], on| {
            check_standing(bodies, [(id(department), "某局", items)], day(on)).map_err(|refusal| refusal.code)
        };

        let refused = Err(Code::NoInspectingBody);
        assert_eq!(asked(1, &[], &[], 1), refused);
        assert_eq!(asked(1, &[], &[body(1, None, 10)], 10), Ok(()), "the last day counts");
        assert_eq!(asked(1, &[], &[body(1, None, 10)], 11), refused);
        assert_eq!(asked(2, &[], &[body(2, Some(id(1)), 0)], 1), refused, "entrusted by nobody that stands");
        assert_eq!(asked(2, &[], &[body(2, Some(id(1)), 0), body(1, None, 10)], 10), Ok(()));
        assert_eq!(asked(2, &[], &[body(2, Some(id(1)), 0), body(1, None, 10)], 11), refused);
        let pair = [body(2, Some(id(3)), 0), body(3, Some(id(2)), 0)];
        assert_eq!(asked(2, &[], &pair, 1), refused, "two that entrust each other");
        let narrow = Standing { items: vec![id(7)], ..body(1, None, 0) };
        assert_eq!(asked(2, &[id(8)], &[body(2, Some(id(1)), 0), narrow], 1), refused, "more than its principal may");
        let narrow = Standing { items: vec![id(7)], ..body(1, None, 0) };
        assert_eq!(asked(1, &[id(7)], std::slice::from_ref(&narrow), 1), Ok(()));
        assert_eq!(asked(1, &[id(7), id(8)], &[narrow], 1), refused, "an item it is not confirmed for");
    }
}
