//! The service from outside: the real binary on a port of its own, on SQLite, or on PostgreSQL where
//! `TEST_POSTGRES_URL` names a server.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

mod access;
mod complaints;
mod contract;
mod credit;
mod flows;
mod harness;
mod inspections;
mod intake;
mod items;
mod officers;
mod risks;
mod seeds;
mod spot_checks;
mod visits;
