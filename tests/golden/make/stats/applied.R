# Applies a model's file to a table in R and compares with what `radscore external MODEL TABLE --json` says of it.
#
#   radscore external MODEL.json TABLE.csv --json > FOUND.json
#   Rscript applied.R MODEL.json TABLE.csv FOUND.json
#
# Prints each quantity with the difference; fails where one is further apart than 1e-9 (relative where it is above 1).

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1]))
for (file in c("golden.R", "external.R")) source(file.path(here, file))
arguments <- commandArgs(trailingOnly = TRUE)
model <- read_document(arguments[1])
table <- read.csv(arguments[2], check.names = FALSE)
found <- read_document(arguments[3])
cohort <- found$cohorts[[1]]
y <- as.integer(table[[model$outcome$column]] == model$outcome$event)
lp <- linear_predictor(model, table)
thresholds <- numbers(cohort$net_benefit$threshold)
expected <- judged(y, lp, model$cutoff$risk, thresholds)

worst <- 0
compare <- function(name, ours, theirs) {
  ours <- numbers(ours)
  if (length(ours) != length(theirs)) stop(name, ": ", length(ours), " values, not ", length(theirs))
  apart <- max(abs(ours - theirs) / pmax(1, abs(theirs)))
  worst <<- max(worst, apart)
  cat(sprintf("%-34s %4d values  %.1e\n", name, length(theirs), apart))
}
limits <- function(interval) c(interval$lower, interval$upper)
calibration <- cohort$calibration
compare("AUC", cohort$auc, expected$auc)
compare("its standard error", cohort$auc_se, expected$auc_se)
compare("its interval", limits(cohort$ci), expected$ci)
for (key in c("tp", "fp", "tn", "fn", "sensitivity", "specificity", "ppv", "npv")) compare(key, cohort$at_cutoff[[key]], expected$at_cutoff[[key]])
for (key in c("sensitivity_ci", "specificity_ci", "ppv_ci", "npv_ci")) compare(key, limits(cohort$at_cutoff[[key]]), expected$at_cutoff[[key]])
for (key in c("intercept", "slope", "oe")) {
  compare(key, calibration[[key]]$value, expected[[key]])
  compare(paste(key, "interval"), calibration[[key]]$ci, expected[[paste0(key, "_ci")]])
}
compare("Brier", calibration$brier, expected$brier)
for (key in c("ici", "e50", "e90", "emax")) compare(paste(key, "(loess)"), calibration[[key]], expected$loess[[key]])
compare("curve (loess)", calibration$curve$observed_by_loess, pmin(pmax(expected$loess_curve, 0), 1))
for (key in names(expected$val_prob)) compare(paste("val.prob", key), calibration$val_prob[[key]], expected$val_prob[[key]])
compare("net benefit", cohort$net_benefit$model, expected$net_benefit)
compare("net benefit of treating all", cohort$net_benefit$all, expected$treat_all)
for (kind in names(expected$recalibrated)) for (key in c("brier", "ici")) {
  compare(paste(kind, key), cohort$recalibrated[[kind]][[key]], expected$recalibrated[[kind]][[key]])
}
cat(sprintf("largest difference %.1e\n", worst))
quit(status = if (worst > 1e-9) 1 else 0)
