//! The one table of grants.

use super::{Permission, Reach, Role};

/// The one table of grants (rules of the trade §1; 三员分立: system, security and audit duties never meet). The first line that
/// fits says; the snapshot beside it shows the table whole.
pub const fn reach(role: Role, permission: Permission) -> Option<Reach> {
    use Permission as P;
    use Reach::{All, Assigned, Department};
    use Role as R;

    match (role, permission) {
        // Everybody who is logged in; people have an account of their own, systems have not.
        (_, P::AccessRead) => Some(All),
        (R::Partner, P::SelfUse) => None,
        (_, P::SelfUse) => Some(All),
        // A partner's grant names some of these; what is not named here no grant can give.
        (R::Partner, P::ReferenceRead | P::CatalogueRead | P::ClausesRead | P::SpotCheckItemsRead) => Some(All),
        (R::Partner, P::ObjectsRead | P::ObjectsWrite) => Some(Reach::Region),
        (
            R::Partner,
            P::PersonnelRead
            | P::PersonnelReport
            | P::ItemsRead
            | P::OwnSystemItemsWrite
            | P::InspectionsRead
            | P::IndicatorsRead
            | P::BehavioursRead
            | P::BehavioursWrite
            | P::ImportsRead
            | P::ImportsWrite,
        ) => Some(Department),
        (
            R::Partner,
            P::CreditWrite | P::CatalogueWrite | P::CluesWrite | P::ComplaintsWrite | P::IssuedTasksReceive,
        ) => Some(All),
        // Of clues and complaints, a platform sees those that it sent.
        (R::Partner, P::CluesRead | P::ComplaintsRead) => Some(Assigned),
        (R::Partner, _) => None,
        // Security duties: who may come in, and as what. Nothing of the trade.
        (
            R::SecurityAdmin,
            P::ReferenceRead
            | P::UsersRead
            | P::UsersAuthorize
            | P::DelegationsRead
            | P::DelegationsRevoke
            | P::AccessExplain
            | P::ClientsRead
            | P::ClientsWrite,
        ) => Some(All),
        (R::SecurityAdmin, _) => None,
        // The auditor reads the trail and nothing else, and nobody else reads it; agrees as a second person.
        (R::Auditor, P::AuditRead) | (R::Auditor | R::PlatformAdmin, P::UsersConsent) => Some(All),
        // The justice bureau is the standing witness of the log.
        (R::Auditor | R::JusticeSupervisor, P::LogRead) | (R::JusticeSupervisor, P::LogWitness) => Some(All),
        (R::Auditor, _) => None,
        (R::Township, P::ObjectsRead | P::InspectionsRead | P::CluesRead | P::CluesWrite) => Some(Reach::Region),
        (
            _,
            P::ReferenceRead
            | P::ObjectsRead
            | P::SpotCheckItemsRead
            | P::CatalogueRead
            | P::ClausesRead
            | P::BodiesRead
            | P::VisitRulesRead
            | P::DataSetsRead,
        ) => Some(All),
        // System duties: accounts are made here, but come to life by the security administrator only.
        (
            R::PlatformAdmin,
            P::DepartmentsWrite
            | P::UsersRead
            | P::UsersWrite
            | P::IdentityReview
            | P::AccessExplain
            | P::ClientsRead
            | P::ClientsActivate
            | P::PersonalDataManage,
        ) => Some(All),
        (R::JusticeSupervisor, P::IdentityReview | P::UsersRead) => Some(All),
        (
            R::PlatformBusiness | R::SpotCheckLead,
            P::ObjectsWrite
            | P::StatementTokensGrant
            | P::SpotCheckItemsWrite
            | P::CreditWrite
            | P::ImportsRead
            | P::ImportsWrite,
        ) => Some(All),
        // Items: the departments keep their own; the approval bureau and the departments' reviewers review them.
        (R::PlatformBusiness, P::CatalogueWrite | P::ItemsReview)
        | (R::PlatformBusiness | R::JusticeSupervisor, P::ClausesWrite) => Some(All),
        (R::DepartmentAdmin, P::ItemsWrite | P::OwnSystemItemsWrite) | (R::Reviewer, P::ItemsReview) => Some(Department),
        // A department sends the list of its own system; what comes from above in a file, the county office receives.
        (R::DepartmentAdmin, P::ImportsRead | P::ImportsWrite) => Some(Department),
        (R::JusticeSupervisor | R::Coordinator, P::ImportsRead | P::ImportsWrite) => Some(All),
        // Officers: departments keep their own; the justice bureau issues, examines and withdraws certificates.
        (
            R::JusticeSupervisor,
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
            R::DepartmentAdmin,
            P::PersonnelWrite
            | P::PersonnelReport
            | P::TrainingsRead
            | P::TrainingsWrite
            | P::RollRead
            | P::PersonalDataRead,
        ) => Some(Department),
        (R::Coordinator, P::TrainingsRead | P::RollRead)
        // The platform's own trainings are the approval bureau's.
        | (R::PlatformBusiness, P::TrainingsRead | P::TrainingsWrite) => Some(All),
        (R::Officer, P::RecusalsDeclare) => Some(Assigned),
        // Reading: the county's coordinators all, departments their own.
        (
            R::Coordinator | R::PlatformBusiness | R::SpotCheckLead | R::JusticeSupervisor,
            // Whoever gives work or duties away finds to whom.
            P::AssigneesRead
            | P::ArchivesRead
            | P::PersonnelRead
            | P::CreditRead
            | P::LibrariesRead
            | P::PlansRead
            | P::TasksRead
            | P::DrawsRead
            | P::InspectionsRead
            | P::CaseReferralsRead
            | P::VisitsRead
            | P::CluesRead
            | P::ModelsRead
            | P::IssuedTasksRead
            | P::ItemsRead
            | P::IndicatorsRead,
        ) => Some(All),
        (
            R::DepartmentAdmin | R::Reviewer | R::BodyHead,
            P::ArchivesRead
            | P::PersonnelRead
            | P::LibrariesRead
            | P::PlansRead
            | P::TasksRead
            | P::DrawsRead
            | P::InspectionsRead
            | P::CaseReferralsRead
            | P::VisitsRead
            | P::CluesRead
            | P::ModelsRead
            | P::IssuedTasksRead
            | P::EvidenceRead
            | P::DocumentsRead
            | P::SupervisionRead
            | P::ItemsRead
            | P::IndicatorsRead,
        ) => Some(Department),
        (R::DepartmentAdmin | R::Reviewer | R::BodyHead, P::CreditRead) => Some(All),
        // Credit policies: the lead writes them, the county office puts them in force.
        (R::SpotCheckLead, P::CreditPoliciesWrite) | (R::Coordinator, P::CreditPoliciesApprove) => Some(All),
        (R::DepartmentAdmin | R::Reviewer, P::AssigneesRead) => Some(Department),
        // An officer reads what an inspection needs: what the department's items and lists say.
        (R::Officer, P::InspectionsRead | P::InspectionsRecord | P::CaseReferralsRead) => Some(Assigned),
        (R::Officer, P::ItemsRead) => Some(Department),
        (R::Township, P::IndicatorsRead) => Some(Department),
        // Risk clues: departments work on their own, officers on what they are assigned, the county office ends them.
        (R::Officer, P::CluesRead | P::CluesHandle) => Some(Assigned),
        (R::Coordinator, P::CluesWrite | P::CluesAssign | P::CluesReview | P::CluesSupervise)
        | (R::Coordinator | R::PlatformBusiness, P::CluesDispatch) => Some(All),
        (R::DepartmentAdmin, P::CluesWrite | P::CluesAssign | P::CluesHandle)
        | (R::Reviewer, P::CluesReview) => Some(Department),
        // Behaviours: departments send their own and mend them; what does not count as wrong, somebody else decides.
        (
            R::Coordinator | R::PlatformBusiness | R::SpotCheckLead | R::JusticeSupervisor,
            P::BehavioursRead,
        )
        | (R::PlatformBusiness, P::BehavioursAudit) => Some(All),
        (R::DepartmentAdmin, P::BehavioursWrite)
        | (R::Reviewer, P::BehavioursAudit)
        | (R::DepartmentAdmin | R::Reviewer | R::BodyHead, P::BehavioursRead) => Some(Department),
        // The catalogue of what is gathered: the platform writes it, the county office approves it, whoever is named answers for it.
        (R::PlatformBusiness, P::DataSetsWrite) | (R::Coordinator, P::DataSetsApprove) => Some(All),
        (
            R::Coordinator
            | R::PlatformBusiness
            | R::SpotCheckLead
            | R::JusticeSupervisor
            | R::DepartmentAdmin
            | R::Reviewer
            | R::BodyHead,
            P::DataSetsSign,
        ) => Some(Assigned),
        // Complaints: the county office gives them to departments, each handles its own, its reviewer gives it more time; who it
        // was that complained, only whoever handles it may know.
        (R::Coordinator, P::ComplaintsRead | P::ComplaintsWrite | P::ComplaintsDispatch)
        | (R::PlatformBusiness | R::JusticeSupervisor, P::ComplaintsRead) => Some(All),
        (R::DepartmentAdmin, P::ComplaintsWrite | P::ComplaintsHandle | P::ReportersRead)
        | (R::Reviewer, P::ComplaintsReview)
        | (R::DepartmentAdmin | R::Reviewer | R::BodyHead, P::ComplaintsRead) => Some(Department),
        // Risk models: written by those who know the trade, put in force by the county office.
        (R::SpotCheckLead, P::ModelsWrite | P::ModelsRun) | (R::Coordinator, P::ModelsApprove | P::ModelsRun) => Some(All),
        (R::DepartmentAdmin, P::ModelsWrite) => Some(Department),
        // Planning and drawing.
        (
            R::SpotCheckLead,
            P::LibrariesWrite | P::PlansWrite | P::PlansReview | P::PlansPublish | P::TasksWrite,
        ) => Some(All),
        (R::DepartmentAdmin, P::LibrariesWrite | P::PlansWrite | P::PlansPublish | P::TasksWrite) => {
            Some(Department)
        }
        (R::Reviewer, P::PlansReview) => Some(Department),
        // Issued tasks: the county's coordinators receive them and move them on, departments do their parts.
        (R::Coordinator | R::SpotCheckLead, P::IssuedTasksReceive | P::IssuedTasksManage) => Some(All),
        (R::DepartmentAdmin, P::IssuedTasksHandle) => Some(Department),
        (R::JusticeSupervisor, P::PlansFile | P::DrawsCommit | P::DrawsOpen) => Some(All),
        (R::SpotCheckLead | R::DepartmentAdmin, P::DrawsCommit) => Some(Department),
        // Evidence shows people and premises: whoever made the inspection, their department, and who supervises enforcement.
        (R::JusticeSupervisor, P::EvidenceRead | P::DocumentsRead) => Some(All),
        // Documents: whoever makes the inspection makes them; one that was issued is made void by the body's head.
        (R::DepartmentAdmin, P::EvidenceWrite | P::DocumentsWrite)
        | (R::BodyHead, P::DocumentsVoid) => Some(Department),
        (R::Officer, P::EvidenceRead | P::EvidenceWrite | P::DocumentsRead | P::DocumentsWrite) => Some(Assigned),
        // Visits: those who go ask, the head of each body approves, the justice bureau keeps the rows and hears the enterprises.
        (R::JusticeSupervisor, P::VisitRulesWrite | P::VisitFeedbackHandle) => Some(All),
        (R::DepartmentAdmin, P::VisitsRequest) | (R::BodyHead, P::VisitsApprove) => Some(Department),
        (R::Officer, P::VisitsRead | P::VisitsRequest) => Some(Assigned),
        // Cases that came of inspections: who received them decides.
        (R::DepartmentAdmin | R::Reviewer, P::CaseReferralsHandle) => Some(Department),
        // Supervision of enforcement: the justice bureau's alone; a department reads and answers what it was sent.
        (R::JusticeSupervisor, P::SupervisionRead | P::SupervisionHandle)
        | (R::Coordinator, P::SupervisionRead) => Some(All),
        (R::DepartmentAdmin, P::SupervisionReply) => Some(Department),
        // Files whose time is over: the department looks at them, its head approves, the justice bureau stands by.
        (R::DepartmentAdmin, P::ArchivesAppraise | P::LegalHoldsManage)
        | (R::BodyHead, P::ArchivesApprove) => Some(Department),
        (R::JusticeSupervisor, P::ArchivesSupervise | P::LegalHoldsManage) => Some(All),
        // Inspecting: departments say who of theirs may, the justice bureau confirms it.
        (R::JusticeSupervisor, P::BodiesConfirm) => Some(All),
        (R::DepartmentAdmin, P::BodiesWrite | P::InspectionsRecord | P::InspectionsPublish)
        | (R::Reviewer, P::InspectionsReview) => Some(Department),
        // What is not granted is refused.
        _ => None,
    }
}

#[cfg(test)]
#[path = "grants_tests.rs"]
mod tests;
