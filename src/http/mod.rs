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

pub mod auth;
pub mod departments;
