#!/usr/bin/env bash
# Proves that the race and kill tests can fail: each seeded bug must turn its tests red, in the test itself and not in what
# it stands on. The same build without a bug is green: that is the run before. On PostgreSQL, where two changes of one
# record really meet; in SQLite, which lets one writer in at a time, the second would read what the first wrote.
#
# Uses the server that TEST_POSTGRES_URL names, or starts one.
set -u
cd "$(dirname "$0")/.." || exit 1
if [ -z "${TEST_POSTGRES_URL:-}" ]; then
  # shellcheck source=tests/postgres/pg.sh
  source tests/postgres/pg.sh
  pg_dir=$(mktemp -d)
  trap 'pg_stop "$pg_dir"; rm -rf "$pg_dir"' EXIT
  pg_install && pg_start "$pg_dir" || exit 1
  export TEST_POSTGRES_URL=$PG_URL
fi
log=$(mktemp)
status=0
expect_red() { # the seeded bug, then the tests
  local bug=$1 test file
  shift
  SEEDED_BUG=$bug cargo test --test api -- --exact "$@" >"$log" 2>&1
  for test in "$@"; do
    file=tests/api/$(sed 's/::[^:]*$//; s,::,/,g' <<<"$test").rs
    if grep -q "^test $test \.\.\. FAILED" "$log" && grep -A2 "^---- $test stdout" "$log" | grep -q "panicked at $file"; then
      echo "faults: $bug turns $test red, as it must"
    else
      grep -A8 "^---- $test stdout" "$log" || tail -20 "$log"
      echo "faults: $bug: $test did not turn red, or not in $file"
      status=1
    fi
  done
}
expect_red version \
  flows::races::of_thirty_two_updates_of_one_version_one_is_made \
  flows::races::sixteen_parallel_draws_give_one_draw \
  items::life::two_reviewers_and_two_claimers_have_one_winner \
  risks::clue_races::of_two_departments_one_signs \
  risks::clue_races::merging_and_assigning_have_one_winner \
  risks::clue_races::closing_and_reworking_have_one_winner \
  complaints::races::extending_and_concluding_have_one_winner
expect_red merging complaints::races::of_two_merged_into_each_other_one_is
expect_red serials risks::clue_races::thirty_two_different_clues_get_thirty_two_codes_in_a_row
expect_red idempotency flows::races::one_key_fifty_times_over_two_processes_has_one_effect
expect_red turns flows::outages::behind_a_lock_of_somebody_else_the_others_go_on
expect_red dead flows::outages::connections_that_died_are_replaced_before_anybody_is_refused
expect_red proof flows::outages::a_change_whose_answer_is_lost_is_made_once
expect_red budget visits::races::of_thirty_two_who_ask_for_the_last_unit_one_gets_it
expect_red offline visits::offline::phones::of_two_phones_that_send_at_once_one_is_applied_and_one_named
expect_red holds inspections::records::archives::races::what_was_there_when_it_was_held_stays
expect_red verifying spot_checks::draws::flood::a_flood_of_verifications_keeps_nobody_from_reading
expect_red resume flows::processes::an_import_survives_its_server

# A connection whose transaction SQLite ended by itself, put back into use.
test=persistence::kernel::db::tests::after_a_full_disk_writes_succeed_again
SEEDED_BUG=ended cargo test --lib -- --exact "$test" >"$log" 2>&1
if grep -q "^test $test \.\.\. FAILED" "$log" && grep -q "non-zero transaction depth" "$log"; then
  echo "faults: ended turns $test red, as it must"
else
  tail -20 "$log"
  echo "faults: ended: $test did not turn red"
  status=1
fi
rm -f "$log"
exit $status
