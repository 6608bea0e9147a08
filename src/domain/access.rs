//! Who may do what, and how far: one total table of role × permission → reach.

use super::code_list;
use super::imports::Dataset;

code_list! {
    /// 角色 of the county's people (partners and single sign-on come by their own ways).
    Role {
        Coordinator "县政府办（统筹协调）",
        PlatformAdmin "县行政审批局（平台管理）",
        SpotCheckLead "县市场监管局（双随机牵头）",
        JusticeSupervisor "县司法局（执法监督）",
        DepartmentAdmin "部门管理员",
        Reviewer "部门审核员",
        Officer "执法人员",
        Township "乡镇工作人员",
        Auditor "安全审计员",
    }
}

/// How far a granted permission reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Only what the person is assigned to.
    Assigned,
    /// Only what lies in the person's township.
    Township,
    /// The own department and everything below it.
    Department,
    /// The whole county.
    All,
}

/// One permission a route; the marker type of the same name stands in the handler's signature.
macro_rules! permissions {
    ($($name:ident $code:literal $label:literal),+ $(,)?) => {
        /// What a role may be granted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::VariantArray)]
        pub enum Permission { $(#[doc = $label] $name),+ }

        impl Permission {
            pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

            /// `noun:verb`, as it stands in OpenAPI's `x-permission` and in `/me`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label),+ }
            }
        }

        /// Marker types, one a permission.
        pub mod permit {
            $(#[doc = $label] pub struct $name;
            impl super::Permit for $name { const PERMISSION: super::Permission = super::Permission::$name; })+
        }
    };
}

/// A type that stands for a permission.
pub trait Permit: 'static {
    const PERMISSION: Permission;
}

permissions! {
    SelfUse "self:use" "查看本人信息",
    ReferenceRead "reference:read" "查看行政区划、部门和代码表",
    DepartmentsWrite "departments:write" "维护部门",
    UsersRead "users:read" "查看账户",
    UsersWrite "users:write" "管理账户",
    ObjectsRead "objects:read" "查看监管对象",
    ObjectsWrite "objects:write" "维护监管对象",
    PersonnelRead "personnel:read" "查看执法人员",
    PersonnelWrite "personnel:write" "维护执法人员、证件和回避关系",
    CreditRead "credit:read" "查看信用分类",
    CreditWrite "credit:write" "导入信用分类",
    SpotCheckItemsRead "spot-check-items:read" "查看抽查事项",
    SpotCheckItemsWrite "spot-check-items:write" "维护抽查事项",
    CatalogueRead "catalogue:read" "查看监管事项目录清单",
    CatalogueWrite "catalogue:write" "导入监管事项目录清单",
    ItemsRead "items:read" "查看监管事项和检查实施清单",
    ItemsWrite "items:write" "认领、编制和变更监管事项",
    ItemsReview "items:review" "审核监管事项",
    ClausesRead "clauses:read" "查看法律条款",
    ClausesWrite "clauses:write" "维护法律条款",
    IndicatorsRead "indicators:read" "查看指标",
    PlansRead "plans:read" "查看抽查计划",
    PlansWrite "plans:write" "编制抽查计划",
    PlansReview "plans:review" "审核抽查计划",
    PlansPublish "plans:publish" "公示抽查计划",
    TasksRead "tasks:read" "查看抽查任务",
    TasksWrite "tasks:write" "组织抽查任务",
    DrawsRead "draws:read" "查看抽取记录",
    DrawsCommit "draws:commit" "提交和公开秘密值",
    InspectionsRead "inspections:read" "查看检查",
    InspectionsRecord "inspections:record" "开展检查和录入结果",
    InspectionsReview "inspections:review" "审核检查结果",
    InspectionsPublish "inspections:publish" "公示检查结果",
    ImportsRead "imports:read" "查看导入",
    ImportsWrite "imports:write" "导入数据",
    AuditRead "audit:read" "查看审计记录",
}

/// The one table of grants (rules of the trade §1; 三员分立: system, security and audit duties never meet).
pub const fn reach(role: Role, permission: Permission) -> Option<Reach> {
    use Permission as P;
    use Reach::{All, Assigned, Department};
    match (role, permission) {
        // Everybody who is logged in.
        (_, P::SelfUse) => Some(All),
        // The auditor reads the trail and nothing else, and nobody else reads it.
        (Role::Auditor, P::AuditRead) => Some(All),
        (Role::Auditor, _) | (_, P::AuditRead) => None,
        (Role::Township, P::ObjectsRead) => Some(Reach::Township),
        (_, P::ReferenceRead | P::ObjectsRead | P::SpotCheckItemsRead | P::CatalogueRead | P::ClausesRead) => Some(All),
        (Role::PlatformAdmin, P::DepartmentsWrite | P::UsersRead | P::UsersWrite) => Some(All),
        (_, P::DepartmentsWrite | P::UsersRead | P::UsersWrite) => None,
        (
            Role::PlatformAdmin | Role::SpotCheckLead,
            P::ObjectsWrite | P::SpotCheckItemsWrite | P::CreditWrite | P::ImportsRead | P::ImportsWrite,
        ) => Some(All),
        (_, P::ObjectsWrite | P::SpotCheckItemsWrite | P::CreditWrite) => None,
        // Items: the departments keep their own; the approval bureau and the departments' reviewers review them.
        (Role::PlatformAdmin, P::CatalogueWrite | P::ItemsReview | P::ClausesWrite) => Some(All),
        (Role::JusticeSupervisor, P::ClausesWrite) => Some(All),
        (Role::DepartmentAdmin, P::ItemsWrite) => Some(Department),
        (Role::Reviewer, P::ItemsReview) => Some(Department),
        (_, P::CatalogueWrite | P::ItemsWrite | P::ItemsReview | P::ClausesWrite) => None,
        // A department sends the list of its own system.
        (Role::DepartmentAdmin, P::ImportsRead | P::ImportsWrite) => Some(Department),
        (Role::JusticeSupervisor, P::ImportsRead | P::ImportsWrite) => Some(All),
        (Role::Coordinator, P::ImportsRead) => Some(All),
        (_, P::ImportsRead | P::ImportsWrite) => None,
        (Role::JusticeSupervisor, P::PersonnelWrite) => Some(All),
        (Role::DepartmentAdmin, P::PersonnelWrite) => Some(Department),
        (_, P::PersonnelWrite) => None,
        // Reading: the county's coordinators all, departments their own.
        (
            Role::Coordinator | Role::PlatformAdmin | Role::SpotCheckLead | Role::JusticeSupervisor,
            P::PersonnelRead
            | P::CreditRead
            | P::PlansRead
            | P::TasksRead
            | P::DrawsRead
            | P::InspectionsRead
            | P::ItemsRead
            | P::IndicatorsRead,
        ) => Some(All),
        (
            Role::DepartmentAdmin | Role::Reviewer,
            P::PersonnelRead
            | P::PlansRead
            | P::TasksRead
            | P::DrawsRead
            | P::InspectionsRead
            | P::ItemsRead
            | P::IndicatorsRead,
        ) => Some(Department),
        (Role::DepartmentAdmin | Role::Reviewer, P::CreditRead) => Some(All),
        (Role::Officer, P::InspectionsRead | P::InspectionsRecord) => Some(Assigned),
        (Role::Township, P::InspectionsRead) => Some(Reach::Township),
        (
            Role::Officer | Role::Township,
            P::PersonnelRead
            | P::CreditRead
            | P::PlansRead
            | P::TasksRead
            | P::DrawsRead
            | P::ItemsRead
            | P::IndicatorsRead,
        ) => None,
        // Planning and drawing.
        (Role::SpotCheckLead, P::PlansWrite | P::PlansReview | P::PlansPublish | P::TasksWrite) => Some(All),
        (Role::DepartmentAdmin, P::PlansWrite | P::PlansPublish | P::TasksWrite) => Some(Department),
        (Role::Reviewer, P::PlansReview) => Some(Department),
        (_, P::PlansWrite | P::PlansReview | P::PlansPublish | P::TasksWrite) => None,
        (Role::JusticeSupervisor, P::DrawsCommit) => Some(All),
        (Role::SpotCheckLead | Role::DepartmentAdmin, P::DrawsCommit) => Some(Department),
        (_, P::DrawsCommit) => None,
        // Inspecting.
        (Role::DepartmentAdmin, P::InspectionsRecord | P::InspectionsPublish) => Some(Department),
        (Role::Reviewer, P::InspectionsReview) => Some(Department),
        (_, P::InspectionsRecord | P::InspectionsReview | P::InspectionsPublish) => None,
    }
}

/// Importing a data set needs the permission to write its records as well.
pub const fn import_permission(dataset: Dataset) -> Permission {
    match dataset {
        Dataset::Objects => Permission::ObjectsWrite,
        Dataset::Personnel => Permission::PersonnelWrite,
        Dataset::SpotCheckItems => Permission::SpotCheckItemsWrite,
        Dataset::CreditClassifications => Permission::CreditWrite,
        Dataset::Catalogue => Permission::CatalogueWrite,
        Dataset::OwnSystemItems => Permission::ItemsWrite,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_grants() {
        let mut lines = Vec::new();
        for permission in Permission::ALL {
            let cells = Role::ALL
                .iter()
                .filter_map(|role| reach(*role, *permission).map(|reach| format!("{}={reach:?}", role.code())));
            lines.push(format!("{:24} {}", permission.code(), cells.collect::<Vec<_>>().join(" ")));
        }
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn audit_and_system_duties_never_meet() {
        for role in Role::ALL {
            let audits = reach(*role, Permission::AuditRead).is_some();
            let writes = Permission::ALL
                .iter()
                .filter(|permission| !matches!(permission, Permission::AuditRead | Permission::SelfUse))
                .any(|permission| reach(*role, *permission).is_some());
            assert!(!(audits && writes), "{role:?}");
        }
    }
}
