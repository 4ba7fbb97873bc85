#!/bin/sh
# Run the tests that depend on locks and sums on a PostgreSQL of their own, in a folder that is
# removed afterwards. More tests can be named as arguments.
set -eu
cd "$(dirname "$0")/.."

if [ $# = 0 ]; then
    set -- tests/bootstrap tests/planning/ledger tests/generation/renders/test_properties.py tests/generation/renders/test_a_take_from_press_to_file.py \
        tests/generation/renders/test_failures_at_once.py tests/generation/trash \
        tests/planning/projects/test_people.py tests/generation/shotlist/test_order.py tests/people/notifications \
        tests/hardening/test_no_words_are_lost.py tests/hardening/test_database_restart.py tests/hardening/test_studio_budget_races.py tests/hardening/test_interleavings.py tests/hardening/test_words_at_once.py tests/hardening/test_threads_of_requests.py \
        tests/review/dailies/test_verdicts.py tests/review/dailies/test_retakes.py tests/review/room tests/upgrades
fi
PYTHON=${PYTHON:-.venv/bin/python}
export PYTHON
exec tests/with_postgres.sh "$PYTHON" -m pytest -n 2 "$@"
