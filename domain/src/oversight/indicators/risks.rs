//! Rows 7, 8 (its half about clues) and 9: credit classes applied, clues worked on in time, models that are whole and right.

use super::{Ratio, Sets};
use crate::credit::CreditClass;
use crate::kernel::text::text;
use crate::risks::risk_clues::Verdict;
use crate::spot_checks::draws::strata::Stratum;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A drawn task.
#[derive(Clone, Debug)]
pub struct TaskFacts {
    pub id: Uuid,
    /// Objects of the pool whose class was pushed.
    pub classified: u64,
    /// The strata as drawn, each with its class.
    pub strata: Vec<(CreditClass, Stratum)>,
}

/// Row 7: tasks stratified by a pushed class whose realised rates rise with risk ÷ drawn tasks.
pub fn credit_application<'a>(tasks: impl IntoIterator<Item = &'a TaskFacts>) -> Sets {
    let mut sets = Sets::default();
    for task in tasks {
        // What the draw used: a rate for a class of which the pool had nobody tells nothing apart. Where all are of one class,
        // its rate is held against those that the others would have had.
        let used: Vec<_> = task.strata.iter().filter(|(_, stratum)| stratum.population > 0).collect();
        let compared = if used.len() > 1 { used } else { task.strata.iter().collect() };
        let is_uniform = compared.windows(2).all(|pair| pair[0].1.rate_bp == pair[1].1.rate_bp);
        let verdict = if task.classified == 0 {
            Err(text!("对象库没有使用推送的信用分类", "no object's class was pushed"))
        } else if is_uniform {
            Err(text!("各类别抽查比例相同，未体现差异", "every class has the same rate"))
        } else if realised_rates_fall(&task.strata) {
            Err(text!("实际抽查比例未随风险递增", "the realised rates fall as risk rises"))
        } else {
            Ok(())
        };
        sets.count(task.id, verdict);
    }

    sets
}

/// Whether what was drawn of a riskier class is a smaller share; a count that only the minimum asked for says nothing.
fn realised_rates_fall(strata: &[(CreditClass, Stratum)]) -> bool {
    let by_rate = |stratum: &Stratum| {
        stratum.population > 0 && stratum.count <= (stratum.population * u64::from(stratum.rate_bp)).div_ceil(10_000)
    };
    let mut rates: Vec<_> = strata
        .iter()
        .filter(|(class, stratum)| *class != CreditClass::Unclassified && by_rate(stratum))
        .map(|(class, stratum)| (class.risk(), stratum.count, stratum.population))
        .collect();
    rates.sort_unstable_by_key(|(risk, ..)| *risk);

    // a/b > c/d without dividing; one object more is what rounding up may add to a small stratum.
    rates.windows(2).any(|pair| {
        let [(_, low, of_low), (_, high, of_high)] = [pair[0], pair[1]];
        low.saturating_sub(1) * of_high > high * of_low
    })
}

/// A clue that was neither returned nor merged.
#[derive(Clone, Debug)]
pub struct ClueFacts {
    pub id: Uuid,
    pub sign_due_at: DateTime<Utc>,
    pub signed_at: Option<DateTime<Utc>>,
    pub signed_late: bool,
    /// None while its clock stands still.
    pub feed_back_due_at: Option<DateTime<Utc>>,
    pub fed_back_at: Option<DateTime<Utc>>,
    pub fed_back_late: bool,
}

/// Row 8: signed and fed back in time ÷ due. What is under way and not late is not yet due.
pub fn clue_timeliness<'a>(clues: impl IntoIterator<Item = &'a ClueFacts>, now: DateTime<Utc>) -> Sets {
    let mut sets = Sets::default();
    for clue in clues {
        let late = if clue.signed_late || (clue.signed_at.is_none() && now >= clue.sign_due_at) {
            Some(text!("未按时签收", "not signed in time"))
        } else if clue.fed_back_late
            || (clue.fed_back_at.is_none() && clue.feed_back_due_at.is_some_and(|due| now >= due))
        {
            Some(text!("未按时反馈", "not fed back in time"))
        } else {
            None
        };
        match late {
            Some(reason) => sets.count(clue.id, Err(reason)),
            None if clue.fed_back_at.is_some() => sets.count(clue.id, Ok(())),
            None => {}
        }
    }

    sets
}

/// A model with the elements of the version that stands for it.
#[derive(Clone, Debug)]
pub struct ModelFacts {
    pub id: Uuid,
    pub required: u64,
    pub filled: u64,
}

/// Row 9: elements filled ÷ required.
pub fn model_elements<'a>(models: impl IntoIterator<Item = &'a ModelFacts>) -> Sets {
    let mut sets = Sets::default();
    for model in models {
        let left = model.required.saturating_sub(model.filled);
        let missing = (left > 0).then(|| text!("缺 {left} 项要素", "{left} element(s) missing"));
        sets.weigh(model.id, Ratio { numerator: model.filled, denominator: model.required }, missing);
    }
    sets
}

/// A model's clue that was judged.
#[derive(Clone, Debug)]
pub struct VerdictFacts {
    pub id: Uuid,
    pub verdict: Verdict,
}

/// Row 9: true clues ÷ judged clues.
pub fn clue_precision<'a>(clues: impl IntoIterator<Item = &'a VerdictFacts>) -> Sets {
    let mut sets = Sets::default();
    for clue in clues {
        let verdict = clue.verdict;
        let counts = if verdict.is_hit() {
            Ok(())
        } else {
            Err(text!("核查结论：{l}", "verdict {c}", l = verdict.label(), c = verdict.code()))
        };
        sets.count(clue.id, counts);
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stratum(class: CreditClass, rate_bp: u32, minimum: u64, population: u64) -> (CreditClass, Stratum) {
        (class, Stratum::new("S".to_owned(), rate_bp, minimum, population))
    }

    #[test]
    fn a_task_counts_when_its_draw_follows_the_classes() {
        use CreditClass::{Dishonest, General, Key, Trustworthy};
        let id = Uuid::from_u128;
        let task = |n, classified, strata| TaskFacts { id: id(n), classified, strata };
        let rising = vec![stratum(Trustworthy, 100, 1, 3), stratum(General, 500, 1, 200), stratum(Key, 2_500, 1, 40)];
        let mut falling = rising.clone();
        falling.push(stratum(Dishonest, 10_000, 0, 10));
        if let Some((_, last)) = falling.last_mut() {
            last.count = 1;
        }
        let tasks = [
            task(1, 10, rising.clone()),
            task(2, 0, rising),
            task(3, 10, vec![stratum(General, 500, 1, 10), stratum(Key, 500, 1, 10)]),
            task(4, 10, falling),
            // Another rate for a class of which the pool had nobody is not used.
            task(5, 10, vec![stratum(General, 500, 1, 10), stratum(Key, 500, 1, 10), stratum(Dishonest, 10_000, 1, 0)]),
        ];
        let sets = credit_application(&tasks);
        assert_eq!(sets.ratio(), Ratio { numerator: 1, denominator: 5 });

        assert_eq!(sets.missing.keys().copied().collect::<Vec<_>>(), [id(2), id(3), id(4), id(5)]);
    }

    #[test]
    fn a_clue_is_due_when_it_is_done_or_late() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap_or_default();
        let clue = |n, signed: Option<&str>, fed_back: Option<&str>, late| ClueFacts {
            id: Uuid::from_u128(n),
            sign_due_at: at("2026-11-02T00:00:00Z"),
            signed_at: signed.map(at),
            signed_late: false,
            feed_back_due_at: Some(at("2026-11-10T00:00:00Z")),
            fed_back_at: fed_back.map(at),
            fed_back_late: late,
        };
        let clues = [
            clue(1, Some("2026-11-01T00:00:00Z"), Some("2026-11-05T00:00:00Z"), false),
            clue(2, Some("2026-11-01T00:00:00Z"), None, false),
            clue(3, None, None, false),
            clue(4, Some("2026-11-01T00:00:00Z"), Some("2026-11-11T00:00:00Z"), true),
        ];
        let on = |day| clue_timeliness(&clues, at(day));
        assert_eq!(on("2026-11-05T12:00:00Z").ratio(), Ratio { numerator: 1, denominator: 3 });
        let later = on("2026-11-12T00:00:00Z");
        assert_eq!(later.ratio(), Ratio { numerator: 1, denominator: 4 });
        assert_eq!(later.missing[&Uuid::from_u128(2)].en, "not fed back in time");

        assert_eq!(later.missing[&Uuid::from_u128(3)].en, "not signed in time");
    }

    #[test]
    fn elements_are_counted_one_by_one() {
        let models = [
            ModelFacts { id: Uuid::from_u128(1), required: 18, filled: 18 },
            ModelFacts { id: Uuid::from_u128(2), required: 18, filled: 9 },
        ];
        let sets = model_elements(&models);
        assert_eq!(sets.ratio().basis_points(), Some(7_500));
        assert_eq!(sets.missing.keys().copied().collect::<Vec<_>>(), [Uuid::from_u128(2)]);
    }
}
