//! Every operation of the service, noun by noun.

use crate::http::kernel::openapi::Api;

/// The whole contract.
pub fn api() -> Api {
    let mut api = Api::default();
    crate::http::access::auth::routes(&mut api);
    crate::http::access::me::routes(&mut api);
    crate::http::access::users::routes(&mut api);
    crate::http::access::permissions::routes(&mut api);
    crate::http::access::delegations::routes(&mut api);
    crate::http::access::clients::routes(&mut api);
    crate::http::register::departments::routes(&mut api);
    crate::http::register::reference::routes(&mut api);
    crate::http::register::objects::routes(&mut api);
    crate::http::officers::personnel::routes(&mut api);
    crate::http::officers::certificates::routes(&mut api);
    crate::http::officers::trainings::routes(&mut api);
    crate::http::officers::rolls::routes(&mut api);
    crate::http::officers::personal_data::routes(&mut api);
    super::credit::routes(&mut api);
    crate::http::items::catalogue::routes(&mut api);
    crate::http::items::items::routes(&mut api);
    crate::http::items::implementation_lists::routes(&mut api);
    crate::http::items::legal_clauses::routes(&mut api);
    crate::http::items::mappings::routes(&mut api);
    crate::http::spot_checks::spot_check_items::routes(&mut api);
    crate::http::spot_checks::libraries::routes(&mut api);
    crate::http::spot_checks::plans::routes(&mut api);
    crate::http::spot_checks::tasks::routes(&mut api);
    crate::http::spot_checks::draws::routes(&mut api);
    crate::http::inspections::inspecting_bodies::routes(&mut api);
    crate::http::inspections::issued_tasks::routes(&mut api);
    crate::http::inspections::inspections::routes(&mut api);
    crate::http::visits::visits::routes(&mut api);
    crate::http::visits::offline::routes(&mut api);
    crate::http::visits::visit_rules::routes(&mut api);
    crate::http::visits::feedback::routes(&mut api);
    crate::http::risks::risk_clues::routes(&mut api);
    crate::http::risks::risk_models::routes(&mut api);
    crate::http::intake::imports::routes(&mut api);
    crate::http::intake::jobs::routes(&mut api);
    crate::http::oversight::indicators::routes(&mut api);
    crate::http::oversight::worklist::routes(&mut api);
    crate::http::oversight::audit::routes(&mut api);
    crate::http::oversight::log::routes(&mut api);
    crate::http::oversight::public::routes(&mut api);

    api
}
