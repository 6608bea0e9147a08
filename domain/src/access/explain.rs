//! Why somebody may, or may not, do something: the same facts that decide, in words.

use super::{Permission, Reach, Role, reach};
use crate::kernel::text::{Text, text};

/// What is known of the one who is asked about.
#[derive(Clone, Debug)]
pub struct Asked {
    pub role: Role,
    /// The account or the client is active.
    pub active: bool,
    /// What a client was granted; people have what their role has.
    pub scopes: Option<Vec<Permission>>,
    /// The role demands a second factor and the account has none.
    pub second_factor_missing: bool,
    /// Whether the record asked about lies in reach; `None` where no record was named.
    pub in_reach: Option<bool>,
}

/// One step of the decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub holds: bool,
    pub code: &'static str,
    pub text: Text,
}

/// Whether it is allowed, how far it reaches, and every step that decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub allowed: bool,
    pub reach: Option<Reach>,
    pub steps: Vec<Step>,
}

pub fn explain(asked: &Asked, permission: Permission) -> Explanation {
    let mut steps = Vec::new();
    let mut step = |holds, code, text| steps.push(Step { holds, code, text });
    let (name, label) = (permission.code(), permission.label());

    if asked.active {
        step(true, "ACTIVE", text!("账户已启用", "the account is active"));
    } else {
        step(false, "NOT_ACTIVE", text!("账户未启用或已停用", "the account is not active"));
    }
    let granted = reach(asked.role, permission);
    let (role, role_code) = (asked.role.label(), asked.role.code());

    match granted {
        Some(far) => step(
            true,
            "ROLE_GRANTS",
            text!(
                "角色“{role}”有“{label}”（{name}）权限，范围：{l}",
                "the role {role_code} holds {name}, reach {c}",
                l = far.label(),
                c = far.code()
            ),
        ),
        None => step(
            false,
            "ROLE_DOES_NOT_GRANT",
            text!("角色“{role}”没有“{label}”（{name}）权限", "the role {role_code} does not hold {name}"),
        ),
    }

    let in_scopes = asked.scopes.as_ref().is_none_or(|scopes| scopes.contains(&permission));
    if asked.scopes.is_some() {
        let text = if in_scopes {
            text!("该合作系统的授权包含此权限", "the client's grant has it")
        } else {
            text!("该合作系统的授权不含此权限", "the client's grant does not have it")
        };
        step(in_scopes, "CLIENT_SCOPE", text);
    }

    if asked.second_factor_missing {
        step(
            false,
            "SECOND_FACTOR",
            text!("该角色须绑定动态口令", "the role needs a second factor, and there is none"),
        );
    }

    match asked.in_reach {
        None => {}
        Some(true) => step(true, "IN_REACH", text!("该记录在其管理范围内", "the record lies in reach")),
        Some(false) => {
            step(false, "OUT_OF_REACH", text!("该记录不存在或不在其管理范围内", "no such record in reach"));
        }
    }

    let allowed = steps.iter().all(|step| step.holds);
    Explanation { allowed, reach: granted.filter(|_| in_scopes), steps }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_against_is_named() {
        let asked = Asked {
            role: Role::Reviewer,
            active: false,
            scopes: None,
            second_factor_missing: true,
            in_reach: Some(false),
        };
        let told = explain(&asked, Permission::PlansWrite);
        let against: Vec<_> = told.steps.iter().filter(|step| !step.holds).map(|step| step.code).collect();
        assert!(!told.allowed);
        assert_eq!(against, ["NOT_ACTIVE", "ROLE_DOES_NOT_GRANT", "SECOND_FACTOR", "OUT_OF_REACH"]);
        let fine = Asked { active: true, second_factor_missing: false, in_reach: None, ..asked };
        let told = explain(&fine, Permission::PlansReview);
        assert!(told.allowed && told.reach == Some(Reach::Department), "{told:?}");
        let partner = Asked { role: Role::Partner, scopes: Some(vec![Permission::ObjectsRead]), ..fine };
        assert!(explain(&partner, Permission::ObjectsRead).allowed);

        assert!(!explain(&partner, Permission::PersonnelRead).allowed);
    }
}
