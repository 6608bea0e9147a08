//! 信用分类: the class an object has, the tables that give it, and the strategies that apply it.

mod mappings;
mod objects;
mod strategies;

pub use mappings::{EntryBody, MappingBody, activate_mapping, create_mapping, retire_mapping, update_mapping};
pub use objects::{Standing, expire, pushed, reclassify, standing_on};
pub use strategies::{
    StrategyBody, StrategyRowBody, activate_strategy, create_strategy, retire_strategy, update_strategy, usable,
};
