//! How a request finds its resource: a scope a noun and, in it, one for a single record. A request then tries the nouns'
//! prefixes and the patterns of one noun, not every pattern of the contract.

use actix_web::{Route, Scope, web};
use std::collections::BTreeMap;

/// Every path with the routes of its methods.
pub type Routes = BTreeMap<&'static str, Vec<Route>>;

/// What all nouns' paths begin with.
const ROOT: &str = "/api/v1";

/// `objects` of `/api/v1/objects/{id}`.
pub fn noun_of(path: &'static str) -> &'static str {
    path[ROOT.len()..].split('/').nth(1).unwrap_or_default()
}

/// Places every path in the scopes of its noun. All methods of a path are one resource, so that another method is
/// answered with 405 and `Allow`.
pub fn arrange(config: &mut web::ServiceConfig, routes: Routes) {
    for (noun, paths) in together(routes.into_iter().map(|(path, routes)| (&path[ROOT.len()..], routes))) {
        let mut scope = web::scope(&format!("{ROOT}{noun}"));

        for (segment, mut paths) in together(paths.into_iter()) {
            scope = match paths.len() {
                1 => {
                    let (rest, routes) = paths.remove(0);
                    scope.service(resource(&format!("{segment}{rest}"), routes))
                }
                _ => scope.service(nested(segment, paths)),
            };
        }
        config.service(scope);
    }
}

fn nested(segment: &str, paths: Vec<(&str, Vec<Route>)>) -> Scope {
    paths.into_iter().fold(web::scope(segment), |scope, (rest, routes)| scope.service(resource(rest, routes)))
}

fn resource(path: &str, routes: Vec<Route>) -> actix_web::Resource {
    routes.into_iter().fold(web::resource(path), actix_web::Resource::route)
}

/// The paths by their first segment, each without it, in their order: a literal segment comes before a parameter.
fn together<T>(paths: impl Iterator<Item = (&'static str, T)>) -> BTreeMap<&'static str, Vec<(&'static str, T)>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (path, what) in paths {
        let end = path.get(1..).and_then(|rest| rest.find('/')).map_or(path.len(), |at| at + 1);
        let (segment, rest) = path.split_at(end);
        groups.entry(segment).or_default().push((rest, what));
    }
    groups
}
