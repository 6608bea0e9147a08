//! One account a role, and those that the joint task needs; passwords at random.

use crate::app::App;
use crate::kernel::ctx::{Ctx, random};
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::users as store;
use crate::persistence::kernel::tx::write;
use crate::persistence::officers::personnel;
use crate::persistence::register::departments;
use crate::service::access::{passwords, users};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::access::users::UserStatus;
use domain::access::{Reach, Role};

/// A demo account as it is shown once.
pub struct Account {
    pub username: &'static str,
    pub password: String,
    pub role: &'static str,
    pub department: String,
}

/// User name, display name, role, department code, township.
const PEOPLE: [(&str, &str, Role, &str, Option<&str>); 19] = [
    ("platform.admin", "系统管理员", Role::PlatformAdmin, "51082102", None),
    ("platform.business", "平台业务管理员", Role::PlatformBusiness, "51082102", None),
    ("security.admin", "安全管理员", Role::SecurityAdmin, "51082102", None),
    ("coordinator", "统筹协调员", Role::Coordinator, "51082101", None),
    ("market.lead", "双随机牵头人", Role::SpotCheckLead, "51082103", None),
    ("justice", "执法监督员", Role::JusticeSupervisor, "51082104", None),
    ("market.admin", "市监局管理员", Role::DepartmentAdmin, "51082103", None),
    ("market.reviewer", "市监局审核员", Role::Reviewer, "51082103", None),
    ("market.head", "市监局负责人", Role::BodyHead, "51082103", None),
    ("agri.head", "农业农村局负责人", Role::BodyHead, "51082105", None),
    ("emergency.head", "应急局负责人", Role::BodyHead, "51082106", None),
    ("market.officer", "市监局执法人员", Role::Officer, "51082103", None),
    ("agri.admin", "农业农村局管理员", Role::DepartmentAdmin, "51082105", None),
    ("agri.reviewer", "农业农村局审核员", Role::Reviewer, "51082105", None),
    ("emergency.admin", "应急局管理员", Role::DepartmentAdmin, "51082106", None),
    ("emergency.reviewer", "应急局审核员", Role::Reviewer, "51082106", None),
    ("health.admin", "卫健局管理员", Role::DepartmentAdmin, "51082110", None),
    ("donghe.township", "东河镇工作人员", Role::Township, "51082124", Some("510821100")),
    ("auditor", "安全审计员", Role::Auditor, "51082101", None),
];

/// A person's context, as a request of theirs would have it.
pub(super) async fn acting(app: &App, username: &str, reach: Reach) -> Result<Ctx> {
    let user = store::by_username(&app.db, username).await?;
    let user = user.ok_or_else(|| AppError::internal(format!("no demo account {username}")))?;
    Ok(Ctx::new(crate::service::access::auth::actor(app, &user).await?, reach, format!("demo-{username}")))
}

/// The same person, now.
pub(super) fn again(ctx: &Ctx) -> Ctx {
    Ctx { now: crate::kernel::ctx::now(), ..ctx.clone() }
}

pub async fn create(app: &App) -> Result<Vec<Account>> {
    let mut accounts = Vec::new();
    for (username, display_name, role, code, township) in PEOPLE {
        let department = departments::by_code(&app.db, code).await?;
        let department = department.ok_or_else(|| AppError::internal(format!("no department {code}")))?;
        let officer = if role == Role::Officer {
            personnel::roster(&app.db, vec![department.id]).await?.first().map(|officer| officer.id)
        } else {
            None
        };
        let password = BASE64.encode(random::<15>());
        let new = users::NewUser {
            username: username.to_owned(),
            display_name: display_name.to_owned(),
            binding: users::Binding {
                role,
                department_id: department.id,
                region_code: township.map(str::to_owned),
                personnel_id: officer,
            },
            password_hash: passwords::hash_async(app, password.clone()).await?,
            password_expires_at: users::password_end(app, crate::kernel::ctx::now()),
            status: UserStatus::Active,
        };
        write(&app.db, &Ctx::console("demo"), async |tx| users::create(tx, new.clone()).await).await?;
        accounts.push(Account { username, password, role: role.code(), department: department.short_name });
    }

    Ok(accounts)
}
