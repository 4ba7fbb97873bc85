#!/bin/sh
# Run the tests that depend on locks and sums on a PostgreSQL of their own, in a folder that is
# removed afterwards. More tests can be named as arguments.
set -eu
cd "$(dirname "$0")/.."

if [ $# = 0 ]; then
    set -- tests/bootstrap tests/costs tests/renders/test_properties.py tests/renders/test_a_take_from_press_to_file.py \
        tests/renders/test_failures_at_once.py tests/renders/test_trash.py \
        tests/projects/test_people.py tests/listing/test_order.py tests/notices \
        tests/review/test_verdicts.py tests/review/test_retakes.py tests/room
fi
PYTHON=${PYTHON:-.venv/bin/python}
export PYTHON
exec tests/with_postgres.sh "$PYTHON" -m pytest -n 2 "$@"
