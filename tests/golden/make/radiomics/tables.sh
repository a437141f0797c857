#!/usr/bin/env bash
# Makes the tables of command/ and examples/ again with the command of PyRadiomics 3.1.0 and says how they differ.
# usage: tables.sh PYTHON [OUT]      (PYTHON: one with PyRadiomics in it)
set -euo pipefail
python=$1
out=${2:-$(mktemp -d)}
here=$(cd "$(dirname "$0")" && pwd)
golden=$here/../../radiomics
command="import sys; from radiomics.scripts import parse_args; sys.exit(parse_args())"
mkdir -p "$out"
table() { # FOLDER CASES PARAMETERS TABLE
  (cd "$golden/$1" && "$python" -c "$command" "$2" -p "$3" -o "$out/$4" -f csv --format-path basename > /dev/null 2> "$out/$4.log") || true
  "$python" "$here/tables.py" "$golden/$1/$4" "$out/$4"
}
table command cases.csv params.yaml expected.csv
for name in plain ct mr-3-mm mr-5-mm; do
  rm -f "$out/$name.csv"
  [ -f "$golden/examples/$name.csv" ] && table examples cases.csv "$name.yaml" "$name.csv"
done
echo "written to $out"
