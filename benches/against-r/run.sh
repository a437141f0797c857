#!/usr/bin/env bash
# Times R's glmnet and radscore in turn on the same tables and prints the ratios. Needs R with glmnet.
# usage: benches/against-r/run.sh [PATH-TO-RADSCORE]     (default: target/release/radscore)
# radscore's times include starting the program and reading the table (the line "read" says how much that is);
# R's do not. Without --thresh radscore solves to the exact optimum, R stops at its default threshold.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
radscore=${1:-"$here/../../target/release/radscore"}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

seconds() {
    local start end
    start=$(date +%s.%N)
    "$@" > /dev/null 2>&1
    end=$(date +%s.%N)
    echo "$end - $start" | bc
}

printf '%-10s %-14s %10s %10s %10s %10s %10s %8s %8s\n' family size "R path" "R cv" read path cv "path x" "cv x"
for size in "80 107" "80 1700" "1000 2000"; do
    read -r rows columns <<< "$size"
    table="$folder/$rows-$columns.csv"
    Rscript "$here/table.R" "$rows" "$columns" "$table"
    for family in gaussian binomial; do
        outcome=y_bin; other=y_num
        if [ "$family" = gaussian ]; then outcome=y_num; other=y_bin; fi
        common=(lasso "$table" --outcome "$outcome" --family "$family" --json --quiet)
        read -r r_path r_cv <<< "$(Rscript "$here/lasso.R" "$table" "$family" 1e-7)"
        reading=$(seconds "$radscore" "${common[@]}" --exclude "$other,fold" --lambda 1e9)
        path=$(seconds "$radscore" "${common[@]}" --exclude "$other,fold")
        cv=$(seconds "$radscore" "${common[@]}" --exclude "$other" --cv --measure mse --fold-column fold)
        path=$(echo "$path - $reading" | bc); cv=$(echo "$cv - $reading" | bc)
        awk -v f="$family" -v s="$rows x $columns" -v a="$r_path" -v b="$r_cv" -v r="$reading" -v c="$path" -v d="$cv" \
            'BEGIN { printf "%-10s %-14s %10.3f %10.3f %10.3f %10.3f %10.3f %8.1f %8.1f\n", f, s, a, b, r, c, d, a / c, b / d }'
    done
done
