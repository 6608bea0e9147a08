//! 权限与账户: accounts, log-in, permissions, delegations and partner systems.

pub mod auth;
pub mod clients;
pub mod delegations;
pub mod identity;
pub mod passwords;
pub mod permissions;
pub mod users;
