# Makes the expected values of the statistics again and says how far they are from those that are there.
#
#   Rscript make.R ../../stats [OUT] [FAMILY …]
#
# Reads data/ and expected/ below the first folder; writes what R gives today to OUT (default: a temporary folder), so that
# nothing is replaced unseen. Prints for each file: values made again, how many are equal to the last bit, the largest
# relative difference. Packages: see README.md; a family whose package is absent is named as left out.

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1]))
for (file in c("golden.R", "lasso.R", "regression.R", "discrimination.R", "tests.R", "agreement.R", "random.R", "external.R", "terms.R", "shipped.R", "learners.R", "harmonised.R", "survival.R", "cox_path.R")) source(file.path(here, file))

FAMILIES <- list(
  glmnet_degen60_binomial = lasso_paths, glmnet_degen60_gaussian = lasso_paths, glmnet_n200p20_binomial = lasso_paths,
  glmnet_n200p20_gaussian = lasso_paths, glmnet_rad80_binomial = lasso_paths, glmnet_rad80_gaussian = lasso_paths,
  glmnet_predict = lasso_predictions, cvglmnet_n200p20_degen60 = lasso_validated, cvglmnet_rad80 = lasso_validated,
  lrm = models_lrm, rms_calibrate = calibrated, rms_validate = validated, val_prob = stated_risks, nomogram = nomograms,
  lowess = smoothed, glm_logistic = models_glm, firth = models_firth,
  roc_single = roc_curves, roc_test = roc_compared, roc_bootstrap = roc_resampled,
  binomial_ci = proportions, nri_idi = improved,
  tests_two_sample = compared_samples, tests_contingency = compared_counts, lilliefors = normality, screening = screened,
  external = validated_outside, left_out = validated_without_each, loess = smoothed_by_loess, pooled = pooled_quantities, terms = with_terms,
  separated = separated_resamples, imputed = pooled_imputations, small_tests = small_tests, survival = survived, cox_path = cox_paths,
  learners = learnt, mrmr = relevant, combat = harmonised, agreement = agreed, r_rng = random_numbers, r_pretty = pretty_numbers
)

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) < 1) stop("usage: Rscript make.R FOLDER [OUT] [FAMILY …]")
folder <- arguments[1]
out <- if (length(arguments) > 1) arguments[2] else tempfile("made")
wanted <- if (length(arguments) > 2) arguments[-(1:2)] else sub("\\.json$", "", list.files(file.path(folder, "expected"), "\\.json$"))
dir.create(file.path(out, "expected"), recursive = TRUE, showWarnings = FALSE)
far <- 0
for (name in wanted) {
  make <- FAMILIES[[name]]
  if (is.null(make)) {
    cat(sprintf("%-28s not made by these scripts\n", name))
    next
  }
  document <- read_document(file.path(folder, "expected", paste0(name, ".json")))
  made <- tryCatch(make(document, file.path(folder, "data")), packageNotFoundError = function(error) conditionMessage(error))
  if (is.character(made)) {
    cat(sprintf("%-28s left out: %s\n", name, made))
    next
  }
  count <- new_count()
  writeLines(json(refill(document, made, count)), file.path(out, "expected", paste0(name, ".json")))
  cat(sprintf("%-28s %6d values, %6d equal, largest difference %.1e%s\n", name, count$values, count$equal, count$worst,
              if (is.null(count$where)) "" else paste0(" (", count$where, ")")))
  for (place in utils::head(names(count$far), 5)) cat("    ", place, ": ", count$far[[place]], "\n", sep = "")
  if (length(count$far) > 5) cat("    … and", length(count$far) - 5, "more\n")
  far <- far + length(count$far)
}
cat("written to ", out, "\n", sep = "")
quit(status = if (far > 0) 1 else 0)
