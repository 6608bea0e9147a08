//! Every operation of the service, noun by noun.

use super::openapi::Api;

/// The whole contract.
pub fn api() -> Api {
    let mut api = Api::default();
    super::auth::routes(&mut api);
    super::me::routes(&mut api);
    super::users::routes(&mut api);
    super::access::routes(&mut api);
    super::delegations::routes(&mut api);
    super::clients::routes(&mut api);
    super::departments::routes(&mut api);
    super::reference::routes(&mut api);
    super::objects::routes(&mut api);
    super::personnel::routes(&mut api);
    super::certificates::routes(&mut api);
    super::trainings::routes(&mut api);
    super::rolls::routes(&mut api);
    super::personal_data::routes(&mut api);
    super::credit::routes(&mut api);
    super::catalogue::routes(&mut api);
    super::items::routes(&mut api);
    super::implementation_lists::routes(&mut api);
    super::legal_clauses::routes(&mut api);
    super::mappings::routes(&mut api);
    super::spot_check_items::routes(&mut api);
    super::plans::routes(&mut api);
    super::tasks::routes(&mut api);
    super::draws::routes(&mut api);
    super::inspections::routes(&mut api);
    super::risk_clues::routes(&mut api);
    super::risk_models::routes(&mut api);
    super::imports::routes(&mut api);
    super::jobs::routes(&mut api);
    super::indicators::routes(&mut api);
    super::worklist::routes(&mut api);
    super::audit::routes(&mut api);
    super::public::routes(&mut api);
    api
}
