//! The service from outside: the real binary on a port of its own, on SQLite, or on PostgreSQL where
//! `TEST_POSTGRES_URL` names a server.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

mod auth;
mod authz_matrix;
mod browser;
mod catalogue;
mod contract;
mod demo;
mod draws;
mod edges;
mod examples;
mod flow;
mod harness;
mod imports;
mod items;
mod openapi;
mod people;
mod plans;
mod processes;
mod races;
mod risks;
mod same;
mod schemathesis;
mod scope;
mod seeds;
mod totp;
