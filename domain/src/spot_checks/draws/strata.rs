//! How many of a stratum are drawn.

use serde::{Deserialize, Serialize};

/// A stratum with its rule, its population in the frozen pool and the count to draw. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stratum {
    pub count: u64,
    pub minimum: u64,
    pub population: u64,
    /// Basis points of the population.
    pub rate_bp: u32,
    pub stratum: String,
}

impl Stratum {
    pub fn new(stratum: String, rate_bp: u32, minimum: u64, population: u64) -> Self {
        Self { count: count(population, rate_bp, minimum), minimum, population, rate_bp, stratum }
    }
}

/// `min(N, max(minimum, ceil(rate × N)))`.
pub fn count(population: u64, rate_bp: u32, minimum: u64) -> u64 {
    let share = (u128::from(population) * u128::from(rate_bp)).div_ceil(10_000);
    u64::try_from(share).unwrap_or(u64::MAX).max(minimum).min(population)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn examples() {
        assert_eq!(count(1_000, 300, 1), 30);
        assert_eq!(count(1_001, 300, 1), 31, "rounded up");
        assert_eq!(count(10, 0, 2), 2, "the minimum");
        assert_eq!(count(1, 0, 2), 1, "never more than there are");
        assert_eq!(count(0, 10_000, 5), 0);
    }

    proptest! {
        #[test]
        fn as_the_rule_says(population in 0u64..5_000_000, rate in 0u32..=10_000, minimum in 0u64..100) {
            let count = count(population, rate, minimum);
            prop_assert!(count <= population);
            prop_assert!(count >= minimum.min(population));
            // ceil: count × 10000 covers the rate, one fewer would not (unless the minimum asked for it).
            prop_assert!(u128::from(count) * 10_000 >= u128::from(population) * u128::from(rate));
            if count > minimum {
                prop_assert!(u128::from(count - 1) * 10_000 < u128::from(population) * u128::from(rate));
            }
        }
    }
}
