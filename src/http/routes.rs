//! Every operation of the service, noun by noun.

use super::openapi::Api;

/// The whole contract.
pub fn api() -> Api {
    let mut api = Api::default();
    super::auth::routes(&mut api);
    super::departments::routes(&mut api);
    api
}
