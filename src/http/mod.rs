//! The only layer that knows HTTP. The contract below names every noun; each noun's folder has its handlers.

pub mod access;
pub mod complaints;
pub mod credit;
pub mod inspections;
pub mod intake;
pub mod items;
pub mod kernel;
pub mod officers;
pub mod oversight;
pub mod records;
pub mod register;
pub mod risks;
pub mod spot_checks;
pub mod visits;

use kernel::openapi::Api;

/// The whole contract.
pub fn api() -> Api {
    let mut api = Api::default();
    access::auth::routes(&mut api);
    access::me::routes(&mut api);
    access::users::routes(&mut api);
    access::permissions::routes(&mut api);
    access::delegations::routes(&mut api);
    access::clients::routes(&mut api);
    register::departments::routes(&mut api);
    register::reference::routes(&mut api);
    register::objects::routes(&mut api);
    officers::personnel::routes(&mut api);
    officers::certificates::routes(&mut api);
    officers::trainings::routes(&mut api);
    officers::rolls::routes(&mut api);
    officers::personal_data::routes(&mut api);
    credit::routes(&mut api);
    items::catalogue::routes(&mut api);
    items::items::routes(&mut api);
    items::implementation_lists::routes(&mut api);
    items::legal_clauses::routes(&mut api);
    items::mappings::routes(&mut api);
    spot_checks::spot_check_items::routes(&mut api);
    spot_checks::libraries::routes(&mut api);
    spot_checks::plans::routes(&mut api);
    spot_checks::tasks::routes(&mut api);
    spot_checks::draws::routes(&mut api);
    inspections::inspecting_bodies::routes(&mut api);
    inspections::issued_tasks::routes(&mut api);
    inspections::follow_ups::routes(&mut api);
    inspections::case_referrals::routes(&mut api);
    inspections::inspections::routes(&mut api);
    records::evidence::routes(&mut api);
    records::documents::routes(&mut api);
    records::files::routes(&mut api);
    visits::visits::routes(&mut api);
    visits::offline::routes(&mut api);
    visits::visit_rules::routes(&mut api);
    visits::feedback::routes(&mut api);
    oversight::supervision_cases::routes(&mut api);
    records::dossiers::routes(&mut api);
    records::statement_tokens::routes(&mut api);
    records::legal_holds::routes(&mut api);
    records::disposal_lists::routes(&mut api);
    risks::risk_clues::routes(&mut api);
    risks::risk_models::routes(&mut api);
    complaints::routes(&mut api);
    intake::behaviours::routes(&mut api);
    intake::quality_figures::routes(&mut api);
    intake::data_sets::routes(&mut api);
    intake::imports::routes(&mut api);
    intake::jobs::routes(&mut api);
    oversight::indicators::routes(&mut api);
    oversight::worklist::routes(&mut api);
    oversight::audit::routes(&mut api);
    oversight::log::routes(&mut api);
    oversight::public::routes(&mut api);

    api
}
