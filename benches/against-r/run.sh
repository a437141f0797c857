#!/usr/bin/env bash
# Times R and radscore in turn on the same data and prints a table of ratios. Needs R with glmnet, rms, pROC.
# usage: benches/against-r/run.sh [PATH-TO-RADSCORE] [small]   (default: target/release/radscore; small: without 20000 rows)
# Seconds are user CPU time, which other work on the machine disturbs least; radscore's two columns are CPU and wall time on
# all cores. The least of five runs of radscore and three of R counts (of one with 20000 rows, and for the whole study).
# radscore's time to start and to read the table is measured alone and taken off; R's is not in R's figures, but for the
# whole study, where both are measured from start to end. Without --thresh radscore solves to the exact optimum, R stops at
# its default threshold of 1e-7.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
radscore=${1:-"$here/../../target/release/radscore"}
small=${2:-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Wall and user seconds of a command, the least of a few runs.
repeats=5
seconds() {
    local TIMEFORMAT='%R %U'
    for _ in $(seq "$repeats"); do
        { time "$@" > /dev/null 2> "$folder/said" || cat "$folder/said" >&3; } 2>&1
    done | awk '{ if (NR == 1 || $1 < wall) wall = $1; if (NR == 1 || $2 < user) user = $2 } END { print wall, user }'
}
exec 3>&2

row() { # what, R's user seconds, wall and user seconds of radscore, wall and user seconds of its start and reading
    awk -v what="$1" -v r="$2" -v w="$3" -v u="$4" -v w0="$5" -v u0="$6" 'BEGIN {
        cpu = u - u0; if (cpu < 0.001) cpu = 0.001; wall = w - w0; if (wall < 0.001) wall = 0.001;
        printf "%-44s %9.3f %10.3f %10.3f %9.1f\n", what, r, cpu, wall, r / cpu }'
}

compare() { # what, R script and arguments, --, radscore's arguments, --, arguments that only read
    local what=$1; shift
    local r=() ours=() reading=()
    while [ "$1" != -- ]; do r+=("$1"); shift; done; shift
    while [ "$1" != -- ]; do ours+=("$1"); shift; done; shift
    reading=("$@")
    local r_time w u w0 u0
    r_time=$(for _ in $(seq "$(((repeats + 1) / 2))"); do Rscript "${r[@]}" 2>/dev/null | tail -1; done | sort -g | head -1)
    read -r w u <<< "$(seconds "$radscore" "${ours[@]}")"
    read -r w0 u0 <<< "$(seconds "$radscore" "${reading[@]}")"
    row "$what" "$r_time" "$w" "$u" "$w0" "$u0"
}

printf '%-44s %9s %10s %10s %9s\n' "" "R cpu" "radscore" "wall" "cpu ratio"
sizes="80,107 80,1700 1000,2000"
[ "$small" = small ] || sizes="$sizes 20000,1000"
for size in $sizes; do
    rows=${size%,*}; columns=${size#*,}
    table="$folder/$rows-$columns.csv"
    [ "$rows" != 20000 ] || repeats=1
    Rscript "$here/table.R" "$rows" "$columns" "$table"
    for family in gaussian binomial; do
        outcome=y_bin; other=y_num
        if [ "$family" = gaussian ]; then outcome=y_num; other=y_bin; fi
        common=(lasso "$table" --outcome "$outcome" --family "$family" --json --quiet)
        # Binomial: a gaussian fit of many rows starts with the products of all columns, which are part of the work.
        reading=(lasso "$table" --outcome y_bin --exclude y_num,fold --lambda 1e9 --json --quiet)
        name="LASSO $family $rows x $columns"
        if [ "$rows" != 20000 ] || [ "$family" = binomial ]; then
            compare "$name path" "$here/lasso.R" "$table" "$family" path -- \
                "${common[@]}" --exclude "$other,fold" -- "${reading[@]}"
        fi
        if [ "$rows" = 20000 ] && [ "$family" = binomial ]; then
            compare "$name path --thresh 1e-7" "$here/lasso.R" "$table" "$family" path -- \
                "${common[@]}" --exclude "$other,fold" --thresh 1e-7 -- "${reading[@]}"
        else
            compare "$name cv" "$here/lasso.R" "$table" "$family" cv -- \
                "${common[@]}" --exclude "$other" --cv --measure mse --fold-column fold -- "${reading[@]}"
        fi
    done
    rm "$table"
done

repeats=5
for size in 80,3 1000,10; do
    rows=${size%,*}; columns=${size#*,}
    table="$folder/model.csv"
    Rscript "$here/model.R" make "$rows" "$columns" "$table"
    terms=$(seq -s, -f 'x%.0f' 1 "$columns")
    common=("$table" --outcome y --terms "$terms" --quiet --json)
    for what in calibrate validate; do
        compare "$what $rows x $columns, 1000 resamples" "$here/model.R" "$what" "$table" -- \
            "$what" "${common[@]}" --bootstrap 1000 -- "$what" "${common[@]}" --bootstrap 1
    done
done
for rows in 120 1000; do
    table="$folder/model.csv"
    Rscript "$here/model.R" make "$rows" 3 "$table"
    common=(roc "$table" --outcome y --score x1 --quiet --json)
    compare "ROC $rows, 2000 bootstraps" "$here/model.R" roc "$table" -- "${common[@]}" --bootstrap 2000 -- "${common[@]}"
done
Rscript "$here/model.R" make 100000 3 "$table"
compare "DeLong's test of two curves, 100000 rows" "$here/model.R" delong "$table" -- \
    roc "$table" --outcome y --score x1,x2 --quiet -- lasso "$table" --outcome y --features x1,x2 --lambda 1e9 --quiet

# The whole analysis, from table to figures, start of the programs included. A second run would find its results there.
repeats=1
study="$here/../../tests/golden/r_study/study.yaml"
settings=(--out "$folder/out" --set evaluate.bootstrap=1000 --quiet)
read -r w u <<< "$(seconds "$radscore" run "$study" --until evaluate "${settings[@]}")"
"$radscore" show r-script "$study" "${settings[@]}" | sed 's/^thresh <- .*/thresh <- 1e-7/' > "$folder/study.R"
read -r _ r <<< "$(seconds Rscript "$folder/study.R")"
row "whole study, table to decision curves" "$r" "$w" "$u" 0 0
