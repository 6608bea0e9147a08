//! 权限与账户: accounts, log-in, permissions, delegations and partner systems.

pub mod activity;
pub mod clients;
pub mod delegations;
pub mod sessions;
pub mod users;
