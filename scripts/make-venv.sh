#!/bin/sh
# Makes or mends .venv beside this package with what python/requirements.txt and the further files given name.
# Quick when nothing has changed. PYTHON names the Python to use (default: python3).
set -eu
cd "$(dirname "$0")/.."

requirements="python/requirements.txt"
for name in "$@"; do requirements="$requirements python/requirements-$name.txt"; done
stamp=".venv/skein-requirements"
missing=""
for file in python/constraints.txt $requirements; do
  grep -qsxF "$(cksum "$file")" "$stamp" || missing="$missing $file"
done
if [ -z "$missing" ] && [ -x .venv/bin/python ]; then exit 0; fi

python=${PYTHON:-python3}
if ! [ -x .venv/bin/python ]; then
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "make-venv: $python is older than 3.11; set PYTHON to a newer one" >&2
    exit 2
  }
  "$python" -m venv .venv || {
    echo "make-venv: python3-venv is missing; apt-get install python3-venv" >&2
    rm -rf .venv
    exit 2
  }
fi
# All files together, so that what one of them pins is not moved by another.
arguments="-c python/constraints.txt"
for file in $requirements; do arguments="$arguments -r $file"; done
# shellcheck disable=SC2086
.venv/bin/python -m pip install --quiet --disable-pip-version-check --retries 2 $arguments
for file in python/constraints.txt $requirements; do cksum "$file"; done >>"$stamp"
