//! The only layer that knows actix and utoipa. `routes.rs` lists every operation; each noun's folder has its handlers.

pub mod describe;
pub mod extract;
pub mod middleware;
pub mod openapi;
pub mod ops;
pub mod problem;
pub mod reply;
pub mod routes;
pub mod schema;
pub mod server;
pub mod view;

pub mod audit;
pub mod auth;
pub mod catalogue;
pub mod credit;
pub mod departments;
pub mod draws;
pub mod implementation_lists;
pub mod imports;
pub mod indicators;
pub mod inspections;
pub mod items;
pub mod legal_clauses;
pub mod mappings;
pub mod objects;
pub mod personnel;
pub mod plans;
pub mod public;
pub mod reference;
pub mod spot_check_items;
pub mod tasks;
pub mod users;
pub mod worklist;
