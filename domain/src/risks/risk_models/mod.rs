//! 风险预警模型: declarative, versioned, tested, backtested and run in shadow before it may raise a clue.

pub mod backtest;
mod conditions;
mod content;
mod elements;
mod evaluate;
mod facts;
#[cfg(test)]
mod hostile_tests;
mod life;
mod runs;

pub use conditions::compile;
pub use content::{Band, Case, Condition, Content, DataSource, Indicator, StopRule};
pub use elements::check;
pub use evaluate::{CaseOutcome, Compiled, Trace, run_case};
pub use facts::{Fact, FactKind, Measure, measure};
pub use life::{ModelAction, ModelFacts, ModelState, apply};
pub use runs::RunTally;
