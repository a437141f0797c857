#!/usr/bin/env bash
# Makes numbers.csv with R: the script that radscore writes of this study, run by R, writes R's numbers.
# usage: tests/golden/r_study/make.sh [PATH-TO-RADSCORE]     (needs R with glmnet, rms, pROC)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
radscore=${1:-"$here/../../../target/release/radscore"}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$radscore" run "$here/study.yaml" --until evaluate --out "$folder/out" --quiet > /dev/null
"$radscore" show r-script "$here/study.yaml" --out "$folder/out" > "$folder/study.R"
Rscript "$folder/study.R" "$here/numbers.csv"
