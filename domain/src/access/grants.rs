//! The one table of grants.

use super::{Permission, Reach, Role};

/// The one table of grants (rules of the trade §1; 三员分立: system, security and audit duties never meet).
pub const fn reach(role: Role, permission: Permission) -> Option<Reach> {
    use Permission as P;
    use Reach::{All, Assigned, Department};

    match (role, permission) {
        // Everybody who is logged in; people have an account of their own, systems have not.
        (_, P::AccessRead) => Some(All),
        (Role::Partner, P::SelfUse) => None,
        (_, P::SelfUse) => Some(All),
        // A partner's grant names some of these; what is not named here no grant can give.
        (Role::Partner, P::ReferenceRead | P::CatalogueRead | P::ClausesRead | P::SpotCheckItemsRead) => Some(All),
        (Role::Partner, P::ObjectsRead | P::ObjectsWrite) => Some(Reach::Region),
        (
            Role::Partner,
            P::PersonnelRead
            | P::PersonnelReport
            | P::ItemsRead
            | P::OwnSystemItemsWrite
            | P::InspectionsRead
            | P::IndicatorsRead
            | P::ImportsRead
            | P::ImportsWrite,
        ) => Some(Department),
        (Role::Partner, P::CreditWrite | P::CatalogueWrite | P::CluesWrite | P::IssuedTasksReceive) => Some(All),
        // Of the clues, a platform sees those that it sent.
        (Role::Partner, P::CluesRead) => Some(Assigned),
        (Role::Partner, _) => None,
        // Security duties: who may come in, and as what. Nothing of the trade.
        (
            Role::SecurityAdmin,
            P::ReferenceRead
            | P::UsersRead
            | P::UsersAuthorize
            | P::DelegationsRead
            | P::DelegationsRevoke
            | P::AccessExplain
            | P::ClientsRead
            | P::ClientsWrite,
        ) => Some(All),
        (Role::SecurityAdmin, _) => None,
        // The auditor reads the trail and nothing else, and nobody else reads it; agrees as a second person.
        (Role::Auditor, P::AuditRead) | (Role::Auditor | Role::PlatformAdmin, P::UsersConsent) => Some(All),
        // The justice bureau is the standing witness of the log.
        (Role::Auditor | Role::JusticeSupervisor, P::LogRead) | (Role::JusticeSupervisor, P::LogWitness) => Some(All),
        (_, P::LogRead | P::LogWitness) => None,
        (Role::Auditor, _) | (_, P::AuditRead) => None,
        (Role::Township, P::ObjectsRead) => Some(Reach::Region),
        (
            _,
            P::ReferenceRead
            | P::ObjectsRead
            | P::SpotCheckItemsRead
            | P::CatalogueRead
            | P::ClausesRead
            | P::BodiesRead
            | P::VisitRulesRead,
        ) => Some(All),
        // System duties: accounts are made here, but come to life by the security administrator only.
        (
            Role::PlatformAdmin,
            P::DepartmentsWrite
            | P::UsersRead
            | P::UsersWrite
            | P::IdentityReview
            | P::AccessExplain
            | P::ClientsRead
            | P::ClientsActivate
            | P::PersonalDataManage,
        ) => Some(All),
        (Role::JusticeSupervisor, P::IdentityReview | P::UsersRead) => Some(All),
        (
            _,
            P::DepartmentsWrite
            | P::UsersRead
            | P::UsersWrite
            | P::UsersConsent
            | P::UsersAuthorize
            | P::IdentityReview
            | P::DelegationsRead
            | P::DelegationsRevoke
            | P::AccessExplain
            | P::ClientsRead
            | P::ClientsWrite
            | P::ClientsActivate
            | P::PersonalDataManage,
        ) => None,
        (
            Role::PlatformBusiness | Role::SpotCheckLead,
            P::ObjectsWrite | P::SpotCheckItemsWrite | P::CreditWrite | P::ImportsRead | P::ImportsWrite,
        ) => Some(All),
        (_, P::ObjectsWrite | P::SpotCheckItemsWrite | P::CreditWrite) => None,
        // Items: the departments keep their own; the approval bureau and the departments' reviewers review them.
        (Role::PlatformBusiness, P::CatalogueWrite | P::ItemsReview | P::ClausesWrite) => Some(All),
        (Role::JusticeSupervisor, P::ClausesWrite) => Some(All),
        (Role::DepartmentAdmin, P::ItemsWrite | P::OwnSystemItemsWrite) => Some(Department),
        (Role::Reviewer, P::ItemsReview) => Some(Department),
        (_, P::CatalogueWrite | P::ItemsWrite | P::ItemsReview | P::OwnSystemItemsWrite | P::ClausesWrite) => None,
        // A department sends the list of its own system.
        (Role::DepartmentAdmin, P::ImportsRead | P::ImportsWrite) => Some(Department),
        (Role::JusticeSupervisor, P::ImportsRead | P::ImportsWrite) => Some(All),
        // What comes from above in a file, the county office receives.
        (Role::Coordinator, P::ImportsRead | P::ImportsWrite) => Some(All),
        (_, P::ImportsRead | P::ImportsWrite) => None,
        // Officers: departments keep their own; the justice bureau issues, examines and withdraws certificates.
        (
            Role::JusticeSupervisor,
            P::PersonnelWrite
            | P::PersonnelReport
            | P::CertificatesApprove
            | P::TrainingsRead
            | P::TrainingsWrite
            | P::RollRead
            | P::RollWrite
            | P::PersonalDataRead,
        ) => Some(All),
        (
            Role::DepartmentAdmin,
            P::PersonnelWrite
            | P::PersonnelReport
            | P::TrainingsRead
            | P::TrainingsWrite
            | P::RollRead
            | P::PersonalDataRead,
        ) => Some(Department),
        (Role::Coordinator, P::TrainingsRead | P::RollRead)
        // The platform's own trainings are the approval bureau's.
        | (Role::PlatformBusiness, P::TrainingsRead | P::TrainingsWrite) => Some(All),
        (Role::Officer, P::RecusalsDeclare) => Some(Assigned),
        // Whoever gives work or duties away finds to whom.
        (
            Role::Coordinator | Role::PlatformBusiness | Role::SpotCheckLead | Role::JusticeSupervisor,
            P::AssigneesRead,
        ) => Some(All),
        (Role::DepartmentAdmin | Role::Reviewer, P::AssigneesRead) => Some(Department),
        (_, P::AssigneesRead) => None,
        (
            _,
            P::PersonnelWrite
            | P::PersonnelReport
            | P::CertificatesApprove
            | P::RecusalsDeclare
            | P::TrainingsRead
            | P::TrainingsWrite
            | P::RollRead
            | P::RollWrite
            | P::PersonalDataRead,
        ) => None,
        // Reading: the county's coordinators all, departments their own.
        (
            Role::Coordinator | Role::PlatformBusiness | Role::SpotCheckLead | Role::JusticeSupervisor,
            P::PersonnelRead
            | P::CreditRead
            | P::LibrariesRead
            | P::PlansRead
            | P::TasksRead
            | P::DrawsRead
            | P::InspectionsRead
            | P::ItemsRead
            | P::IndicatorsRead,
        ) => Some(All),
        (
            Role::DepartmentAdmin | Role::Reviewer | Role::BodyHead,
            P::PersonnelRead
            | P::LibrariesRead
            | P::PlansRead
            | P::TasksRead
            | P::DrawsRead
            | P::InspectionsRead
            | P::ItemsRead
            | P::IndicatorsRead,
        ) => Some(Department),
        (Role::DepartmentAdmin | Role::Reviewer | Role::BodyHead, P::CreditRead) => Some(All),
        // An officer reads what an inspection needs: what the department's items and lists say.
        (Role::Officer, P::InspectionsRead | P::InspectionsRecord) => Some(Assigned),
        (Role::Officer, P::ItemsRead) => Some(Department),
        (Role::Township, P::InspectionsRead) => Some(Reach::Region),
        (Role::Township, P::IndicatorsRead) => Some(Department),
        (
            Role::Officer | Role::Township | Role::PlatformAdmin,
            P::PersonnelRead
            | P::CreditRead
            | P::LibrariesRead
            | P::PlansRead
            | P::TasksRead
            | P::DrawsRead
            | P::ItemsRead
            | P::IndicatorsRead,
        ) => None,
        (Role::PlatformAdmin, P::InspectionsRead | P::CluesRead) => None,
        // Credit policies: the lead writes them, the county office puts them in force.
        (Role::SpotCheckLead, P::CreditPoliciesWrite) => Some(All),
        (Role::Coordinator, P::CreditPoliciesApprove) => Some(All),
        (_, P::CreditPoliciesWrite | P::CreditPoliciesApprove) => None,
        // Risk clues: departments work on their own, officers on what they are assigned, the county office ends them.
        (
            Role::Coordinator | Role::PlatformBusiness | Role::SpotCheckLead | Role::JusticeSupervisor,
            P::CluesRead | P::ModelsRead,
        ) => Some(All),
        (Role::DepartmentAdmin | Role::Reviewer | Role::BodyHead, P::CluesRead | P::ModelsRead) => Some(Department),
        (Role::Officer, P::CluesRead | P::CluesHandle) => Some(Assigned),
        (Role::Township, P::CluesRead | P::CluesWrite) => Some(Reach::Region),
        (Role::Coordinator, P::CluesWrite | P::CluesAssign | P::CluesReview | P::CluesSupervise)
        | (Role::Coordinator | Role::PlatformBusiness, P::CluesDispatch) => Some(All),
        (Role::DepartmentAdmin, P::CluesWrite | P::CluesAssign | P::CluesHandle) => Some(Department),
        (Role::Reviewer, P::CluesReview) => Some(Department),
        (
            _,
            P::CluesWrite
            | P::CluesAssign
            | P::CluesHandle
            | P::CluesReview
            | P::CluesDispatch
            | P::CluesSupervise
            | P::ModelsRead,
        ) => None,
        // Risk models: written by those who know the trade, put in force by the county office.
        (Role::SpotCheckLead, P::ModelsWrite) => Some(All),
        (Role::DepartmentAdmin, P::ModelsWrite) => Some(Department),
        (Role::Coordinator, P::ModelsApprove) => Some(All),
        (Role::Coordinator | Role::SpotCheckLead, P::ModelsRun) => Some(All),
        (_, P::ModelsWrite | P::ModelsApprove | P::ModelsRun) => None,
        // Planning and drawing.
        (
            Role::SpotCheckLead,
            P::LibrariesWrite | P::PlansWrite | P::PlansReview | P::PlansPublish | P::TasksWrite,
        ) => Some(All),
        (Role::DepartmentAdmin, P::LibrariesWrite | P::PlansWrite | P::PlansPublish | P::TasksWrite) => {
            Some(Department)
        }
        (Role::Reviewer, P::PlansReview) => Some(Department),
        // Issued tasks: the county's coordinators receive them and move them on, departments do their parts.
        (
            Role::Coordinator | Role::PlatformBusiness | Role::SpotCheckLead | Role::JusticeSupervisor,
            P::IssuedTasksRead,
        ) => Some(All),
        (Role::DepartmentAdmin | Role::Reviewer | Role::BodyHead, P::IssuedTasksRead) => Some(Department),
        (Role::Coordinator | Role::SpotCheckLead, P::IssuedTasksReceive | P::IssuedTasksManage) => Some(All),
        (Role::DepartmentAdmin, P::IssuedTasksHandle) => Some(Department),
        (_, P::IssuedTasksRead | P::IssuedTasksReceive | P::IssuedTasksManage | P::IssuedTasksHandle) => None,
        (Role::JusticeSupervisor, P::PlansFile) => Some(All),
        (
            _,
            P::LibrariesWrite
            | P::PlansWrite
            | P::PlansReview
            | P::PlansFile
            | P::PlansPublish
            | P::TasksWrite,
        ) => None,
        (Role::JusticeSupervisor, P::DrawsCommit | P::DrawsOpen) => Some(All),
        (Role::SpotCheckLead | Role::DepartmentAdmin, P::DrawsCommit) => Some(Department),
        (_, P::DrawsCommit | P::DrawsOpen) => None,
        // Evidence shows people and premises: whoever made the inspection, their department, and who supervises enforcement.
        (Role::JusticeSupervisor, P::EvidenceRead) => Some(All),
        (Role::DepartmentAdmin | Role::Reviewer | Role::BodyHead, P::EvidenceRead)
        | (Role::DepartmentAdmin, P::EvidenceWrite) => Some(Department),
        (Role::Officer, P::EvidenceRead | P::EvidenceWrite) => Some(Assigned),
        (_, P::EvidenceRead | P::EvidenceWrite) => None,
        // Documents: whoever makes the inspection makes them; one that was issued is made void by the body's head.
        (Role::JusticeSupervisor, P::DocumentsRead) => Some(All),
        (Role::DepartmentAdmin | Role::Reviewer | Role::BodyHead, P::DocumentsRead)
        | (Role::DepartmentAdmin, P::DocumentsWrite)
        | (Role::BodyHead, P::DocumentsVoid) => Some(Department),
        (Role::Officer, P::DocumentsRead | P::DocumentsWrite) => Some(Assigned),
        (_, P::DocumentsRead | P::DocumentsWrite | P::DocumentsVoid) => None,
        // Visits: those who go ask, the head of each body approves, the justice bureau keeps the rows and hears the enterprises.
        (
            Role::Coordinator | Role::PlatformBusiness | Role::SpotCheckLead | Role::JusticeSupervisor,
            P::VisitsRead,
        )
        | (Role::JusticeSupervisor, P::VisitRulesWrite | P::VisitFeedbackHandle) => Some(All),
        (Role::DepartmentAdmin | Role::Reviewer | Role::BodyHead, P::VisitsRead)
        | (Role::DepartmentAdmin, P::VisitsRequest)
        | (Role::BodyHead, P::VisitsApprove) => Some(Department),
        (Role::Officer, P::VisitsRead | P::VisitsRequest) => Some(Assigned),
        (_, P::VisitsRead | P::VisitsRequest | P::VisitsApprove | P::VisitRulesWrite | P::VisitFeedbackHandle) => None,
        // Inspecting: departments say who of theirs may, the justice bureau confirms it.
        (Role::DepartmentAdmin, P::BodiesWrite) => Some(Department),
        (Role::JusticeSupervisor, P::BodiesConfirm) => Some(All),
        (_, P::BodiesWrite | P::BodiesConfirm) => None,
        (Role::DepartmentAdmin, P::InspectionsRecord | P::InspectionsPublish) => Some(Department),
        (Role::Reviewer, P::InspectionsReview) => Some(Department),
        (_, P::InspectionsRecord | P::InspectionsReview | P::InspectionsPublish) => None,
    }
}

#[cfg(test)]
#[path = "grants_tests.rs"]
mod tests;
