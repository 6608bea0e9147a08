#!/usr/bin/env bash
# Proves that the race tests can fail: each seeded bug must turn its test red.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0
expect_red() {
  local feature=$1 test=$2 log
  log=$(mktemp)
  if ! cargo build --quiet --features "$feature" --tests 2>"$log"; then
    cat "$log"; echo "faults: $feature does not build"; status=1; return
  fi
  if cargo test --quiet --features "$feature" --test api "$test" -- --exact >"$log" 2>&1; then
    echo "faults: $feature: $test stayed green"; status=1
  else
    if grep -q "1 failed" "$log"; then echo "faults: $feature turns $test red, as it must"
    else tail -20 "$log"; echo "faults: $feature: $test did not run"; status=1; fi
  fi
  rm -f "$log"
}
expect_red seeded-bug-version races::of_thirty_two_updates_of_one_version_one_is_made
expect_red seeded-bug-version races::sixteen_parallel_draws_give_one_draw
expect_red seeded-bug-version items::life::two_reviewers_and_two_claimers_have_one_winner
expect_red seeded-bug-version risks::clue_races::of_two_departments_one_signs
expect_red seeded-bug-version risks::clue_races::merging_and_assigning_have_one_winner
expect_red seeded-bug-version risks::clue_races::closing_and_reworking_have_one_winner
expect_red seeded-bug-idempotency races::one_key_fifty_times_over_two_processes_has_one_effect
exit $status
