#!/usr/bin/env bash
# Put PySpark, which only `hedui run --engine spark` needs, into the virtual environment that make setup made:
#   requirements/setup-spark.sh [.venv]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=${1:-.venv}
# shellcheck source=requirements/uv-settings.sh
source requirements/uv-settings.sh

hand_settings_to_uv "$venv"
# PySpark comes as source only; it is built with the locked setuptools that is there already.
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes --no-build-isolation -r requirements/spark.txt
