# ---- From here on the script is the same for every study -------------------------------------------------------------
needed <- c("glmnet", "rms", "pROC", if (length(second_readings) > 0) "psych")
absent <- needed[!vapply(needed, requireNamespace, logical(1), quietly = TRUE)]
if (length(absent) > 0) {
  stop("install what this script needs first: install.packages(c(", paste(shQuote(absent, "cmd"), collapse = ", "), "))", call. = FALSE)
}
suppressPackageStartupMessages({
  library(glmnet)
  library(rms)
  library(pROC)
})
options(digits = 10, width = 120)

# A table of any separator that radscore reads; all cells as text.
read_table <- function(path) {
  first <- sub("^\ufeff", "", readLines(path, 1, warn = FALSE, encoding = "UTF-8"))
  marks <- c(",", ";", "\t")
  counts <- vapply(marks, function(mark) sum(strsplit(first, "")[[1]] == mark), 0L)
  table <- read.table(path, header = TRUE, sep = marks[which.max(counts)], quote = "\"", comment.char = "",
                      check.names = FALSE, colClasses = "character", strip.white = TRUE, encoding = "UTF-8",
                      na.strings = c("", "NA", "na", "Na", "NaN", "nan", "NAN"))
  names(table)[1] <- sub("^\ufeff", "", names(table)[1])
  names(table) <- trimws(names(table))
  table
}
numbers <- function(table, columns) {
  matrix(as.numeric(as.matrix(table[, columns, drop = FALSE])), nrow(table), dimnames = list(NULL, columns))
}
result_table <- function(file) {
  path <- file.path(results, file)
  if (file.exists(path)) read.csv(path, check.names = FALSE, stringsAsFactors = FALSE) else NULL
}

# Every number of R is put beside the study's own.
compared <- data.frame()
numbers_of_r <- data.frame()
compare <- function(what, r, study = NULL) {
  r <- as.numeric(r)
  numbers_of_r <<- rbind(numbers_of_r, data.frame(quantity = what, position = seq_along(r), r = r))
  if (is.null(study)) return(invisible())
  study <- as.numeric(study)
  if (length(r) != length(study)) {
    stop(sprintf("%s: R has %d numbers, the study has %d", what, length(r), length(study)), call. = FALSE)
  }
  same <- (is.na(r) & is.na(study)) | (!is.na(r) & !is.na(study) & r == study)
  # A difference is absolute up to 1 and relative above: an odds ratio of 377256 has no 1e-6.
  apart <- ifelse(same, 0, abs(r - study) / pmax(1, abs(study)))
  apart[is.na(apart)] <- Inf
  worst <- which.max(apart)
  compared <<- rbind(compared, data.frame(quantity = what, numbers = length(r), R = r[worst], study = study[worst],
                                          difference = apart[worst]))
}
with_intercept <- function(terms) if (length(terms)) paste0("x", seq_along(terms)) else "1"
maximum_likelihood <- glm.control(epsilon = 1e-14, maxit = 100)
# A logistic model of the columns of a matrix; the columns are called x1, x2 ... within. glm's standard errors are those of
# the step before its last: a second fit that starts where the first one ended has them at the maximum.
fit_logistic <- function(columns, event) {
  data <- data.frame(event = event, columns)
  names(data) <- c("event", if (ncol(columns)) paste0("x", seq_len(ncol(columns))))
  formula <- reformulate(with_intercept(colnames(columns)), "event")
  first <- glm(formula, binomial, data, control = maximum_likelihood)
  eval(bquote(glm(formula, binomial, data, start = .(coef(first)), control = maximum_likelihood)))
}
logistic_table <- function(fit, names) {
  estimates <- summary(fit)$coefficients
  half <- qnorm(0.5 + confidence / 2) * estimates[, 2]
  table <- data.frame(term = c("(Intercept)", names), coefficient = estimates[, 1], se = estimates[, 2],
                      z = estimates[, 3], p = estimates[, 4], odds_ratio = exp(estimates[, 1]),
                      lower = exp(estimates[, 1] - half), upper = exp(estimates[, 1] + half))
  rownames(table) <- NULL
  table
}
compare_logistic <- function(what, table, study) {
  for (column in names(table)[-1]) compare(paste(what, column), table[[column]], study[[column]])
}

# rms stops its Newton steps at a change of 0.025 of the deviance, which leaves a resample's fit short of its maximum; here
# they run on to it, as glm's do. Where the outcome of a resample is separated there is no maximum, and coefficients grow with
# every further step: such a resample keeps those at which rms itself stops, as the study keeps them.
lrm_of_rms <- rms::lrm.fit
lrm_to_the_maximum <- function(..., maxit, eps) {
  best <- lrm_of_rms(..., maxit = 100, eps = 1e-10)
  further <- lrm_of_rms(..., maxit = 100, eps = 1e-12)
  grows <- best$fail || further$fail || max(abs(further$coefficients - best$coefficients)) > 1e-3
  if (grows) lrm_of_rms(...) else best
}
assignInNamespace("lrm.fit", lrm_to_the_maximum, "rms")

# ---- Tables ----------------------------------------------------------------------------------------------------------
feature_table <- read_table(features_file)
feature_ids <- if (is.na(features_id)) paste0("row", seq_len(nrow(feature_table))) else feature_table[[features_id]]
if (is.null(features)) features <- names(feature_table)[-1]
x <- numbers(feature_table[match(cases$id, feature_ids), ], features)
event <- cases$event

# ---- Split: patients with any event first, then those without --------------------------------------------------------
patients <- unique(cases$patient)
if (draw_split) {
  with_event <- patients[patients %in% cases$patient[event == 1]]
  without <- setdiff(patients, with_event)
  set.seed(split_seed)
  test_patients <- c(sample(with_event, round(length(with_event) * test_fraction)),
                     sample(without, round(length(without) * test_fraction)))
  test <- cases$patient %in% test_patients
} else {
  test <- cases$split == "test"
}
compare("split: 1 for test", test, cases$split == "test")
training <- which(!test)
unseen <- which(test)

# ---- Gate: features on which readers agree, judged on training cases -------------------------------------------------
kept <- rep(TRUE, length(features))
for (kind in names(second_readings)) {
  other <- read_table(second_readings[[kind]])
  ids <- intersect(cases$id[training], other[[1]])
  first <- x[match(ids, cases$id), , drop = FALSE]
  second <- numbers(other[match(ids, other[[1]]), ], features)
  gate <- t(vapply(seq_along(features), function(j) {
    readings <- cbind(first[, j], second[, j])
    readings <- readings[rowSums(!is.finite(readings)) == 0, , drop = FALSE]
    found <- tryCatch(suppressWarnings(psych::ICC(readings, lmer = FALSE, alpha = 0.05)$results), error = function(e) NULL)
    if (is.null(found)) return(rep(NA_real_, 6))
    as.numeric(t(found[2:3, c("ICC", "lower bound", "upper bound")]))
  }, numeric(6)))
  lower <- gate[, if (agreement_form == "icc2_1") 2 else 5]
  kept <- kept & !is.na(lower) & lower >= agreement_threshold
  study <- result_table("agreement/agreement.csv")
  study <- study[study$against == kind, ]
  columns <- c("icc2_1", "icc2_1_lower", "icc2_1_upper", "icc3_1", "icc3_1_lower", "icc3_1_upper")
  for (k in 1:6) compare(paste("agreement with", kind, columns[k]), gate[, k], study[[columns[k]]])
}
candidate <- kept & colSums(!is.finite(x)) == 0 & apply(x[training, , drop = FALSE], 2, function(v) any(v != v[1]))
x <- x[, candidate, drop = FALSE]
features <- features[candidate]

# ---- Scaling: mean and standard deviation of the training rows -------------------------------------------------------
centre <- colMeans(x[training, , drop = FALSE])
spread <- apply(x[training, , drop = FALSE], 2, sd)
z <- scale(x, centre, spread)
study <- result_table("standardise/scaler.csv")
if (!is.null(study)) {
  stopifnot(identical(as.character(study$feature), features))
  compare("scaler: mean / sd", centre / spread, study$mean / study$sd)
}

# ---- LASSO and its cross-validation, all cases of a patient in one fold ----------------------------------------------
if (draw_folds) {
  training_patients <- unique(cases$patient[training])
  set.seed(fold_seed)
  fold_of_patient <- sample(rep(seq_len(folds), length.out = length(training_patients)))
  fold <- fold_of_patient[match(cases$patient[training], training_patients)]
} else {
  fold <- cases$fold[training]
}
study <- result_table("select/folds.csv")
compare("folds", fold, study$fold)
settings <- list(x = z[training, , drop = FALSE], y = event[training], family = "binomial",
                 standardize = standardize, nlambda = nlambda, thresh = thresh, maxit = 1e8)
if (!is.null(lambda_min_ratio)) settings$lambda.min.ratio <- lambda_min_ratio
# Of several mixings, all on these folds, the one with the best measure is taken.
tried <- lapply(alpha, function(mixing) {
  settings$alpha <- mixing
  path <- do.call(glmnet, settings)
  if (cv_exact) settings$lambda <- path$lambda
  list(path = path, cv = do.call(cv.glmnet, c(settings, list(foldid = fold, type.measure = measure))))
})
best <- which.min(sapply(tried, function(one) if (names(one$cv$name) == "auc") -max(one$cv$cvm) else min(one$cv$cvm)))
settings$alpha <- alpha[best]
path <- tried[[best]]$path
cv <- tried[[best]]$cv
if (cv_exact) settings$lambda <- path$lambda
study <- result_table("select/cv.csv")
if (!is.null(study)) {
  # Near a saturated fit the last digits decide where glmnet ends a path: what both have is compared.
  both <- seq_len(min(nrow(study), length(cv$lambda)))
  compare("lambda of the path", cv$lambda[both], study$lambda[both])
  compare(paste("cross-validated", cv$name), cv$cvm[both], study$cvm[both])
  compare("its standard error", cv$cvsd[both], study$cvsd[both])
  compare("lambda.min", cv$lambda.min, study$lambda[grepl("min", study$rule)])
  compare("lambda.1se", cv$lambda.1se, study$lambda[grepl("1se", study$rule)])
}
lambda <- switch(lambda_rule, min = cv$lambda.min, "1se" = cv$lambda.1se, as.numeric(lambda_rule))
coefficients <- if (lambda_rule %in% c("min", "1se")) {
  as.numeric(coef(path, s = lambda))
} else {
  settings$lambda <- sort(unique(c(path$lambda[path$lambda > lambda], lambda)), decreasing = TRUE)
  as.numeric(coef(do.call(glmnet, settings), s = lambda))
}
chosen <- which(coefficients[-1] != 0)
study <- result_table("select/coefficients.csv")
if (!is.null(study)) stopifnot(identical(as.character(study$feature[-1]), features[chosen]))
compare("LASSO coefficients", coefficients[c(1, 1 + chosen)], study$coefficient)
radscore <- as.numeric(coefficients[1] + z %*% coefficients[-1])
study <- result_table("score/radscore.csv")
compare("Rad-score", radscore, study$radscore)

# ---- Clinical candidates, alone and together -------------------------------------------------------------------------
predictors <- as.matrix(clinical)
storage.mode(predictors) <- "double"
in_model_2 <- character()
if (ncol(predictors)) {
  alone <- do.call(rbind, lapply(seq_len(ncol(predictors)), function(j) {
    rows <- training[!is.na(predictors[training, j])]
    logistic_table(fit_logistic(predictors[rows, j, drop = FALSE], event[rows]), colnames(predictors)[j])[-1, ]
  }))
  study <- result_table("clinical/univariable.csv")
  if (is.null(study) || identical(study$term, alone$term)) compare_logistic("each alone:", alone, study)
  rows <- training[rowSums(is.na(predictors[training, , drop = FALSE])) == 0]
  full <- fit_logistic(predictors[rows, , drop = FALSE], event[rows])
  together <- logistic_table(full, colnames(predictors))
  study <- result_table("clinical/multivariable.csv")
  if (is.null(study) || identical(study$term, together$term)) compare_logistic("all together:", together, study)
  # A column of words enters or stays out with all its levels.
  p_of <- function(column) {
    own <- which(clinical_column == column)
    if (length(own) == 1) return(together$p[own + 1])
    rest <- fit_logistic(predictors[rows, -own, drop = FALSE], event[rows])
    pchisq(deviance(rest) - deviance(full), length(own), lower.tail = FALSE)
  }
  columns <- switch(clinical_rule,
    p = Filter(function(column) p_of(column) < clinical_p, unique(clinical_column)),
    stepwise = {
      # step() fits again by name: the data must be there, and no starting values.
      step_data <- data.frame(event = event[rows])
      for (column in unique(clinical_column)) {
        step_data[[paste0("x", ncol(step_data))]] <- predictors[rows, clinical_column == column, drop = FALSE]
      }
      steps <- step(glm(reformulate(with_intercept(names(step_data)[-1]), "event"), binomial, step_data, control = maximum_likelihood),
                    direction = "both", trace = 0)
      unique(clinical_column)[as.integer(sub("x", "", attr(terms(steps), "term.labels")))]
    },
    all = unique(clinical_column),
    named = clinical_named)
  in_model_2 <- colnames(predictors)[clinical_column %in% columns]
}

# ---- Models ----------------------------------------------------------------------------------------------------------
kept_any <- length(chosen) > 0
score_column <- if (kept_any) matrix(radscore, dimnames = list(NULL, "radscore")) else matrix(0, nrow(cases), 0)
first <- if (fit_on == "features" && kept_any) z[, chosen, drop = FALSE] else score_column
models <- list("model 1" = first)
if (length(in_model_2)) models[["model 2"]] <- cbind(score_column, predictors[, in_model_2, drop = FALSE])
fits <- list()
risks <- list()
study <- result_table("fit/coefficients.csv")
for (name in names(models)) {
  columns <- models[[name]]
  whole <- rowSums(is.na(columns)) == 0
  rows <- training[whole[training]]
  fits[[name]] <- list(rows = rows, fit = fit_logistic(columns[rows, , drop = FALSE], event[rows]))
  risk <- rep(NA_real_, nrow(cases))
  linear <- as.numeric(cbind(1, columns[whole, , drop = FALSE]) %*% coef(fits[[name]]$fit))
  risk[whole] <- plogis(linear)
  risks[[name]] <- risk
  compare_logistic(paste0(name, ":"), logistic_table(fits[[name]]$fit, colnames(columns)), study[study$model == name, ])
  compare(paste(name, "risks"), risk, result_table("evaluate/risks.csv")[[name]])
}

# ---- ROC curves and DeLong's tests -----------------------------------------------------------------------------------
sides <- list(training = training, test = unseen)
sides <- sides[lengths(sides) > 0]
curve_of <- function(rows, risk) {
  rows <- rows[!is.na(risk[rows])]
  roc(event[rows], risk[rows], levels = c(0, 1), direction = "<", quiet = TRUE)
}
study <- result_table("evaluate/auc.csv")
curves <- list()
for (name in names(models)) {
  cutoff <- NA
  for (side in names(sides)) {
    curve <- curve_of(sides[[side]], risks[[name]])
    curves[[length(curves) + 1]] <- list(model = name, side = side, curve = curve)
    limits <- as.numeric(ci.auc(curve, conf.level = confidence))
    if (side == "training") cutoff <- coords(curve, "best", ret = "threshold", best.method = "youden")[1, 1]
    at_cutoff <- coords(curve, cutoff, ret = c("sensitivity", "specificity"))
    row <- study[study$model == name & study$split == side, ]
    what <- paste(name, side)
    compare(paste(what, "AUC"), as.numeric(auc(curve)), row$auc)
    compare(paste(what, "DeLong's standard error"), sqrt(var(curve)), row$delong_se)
    compare(paste(what, "AUC interval"), limits[c(1, 3)], c(row$auc_lower, row$auc_upper))
    compare(paste(what, "at the training cut-off"), c(cutoff, unlist(at_cutoff)),
            c(row$cutoff, row$sensitivity, row$specificity))
    known <- sides[[side]][!is.na(risks[[name]][sides[[side]]])]
    compare(paste(what, "Brier score"), mean((risks[[name]][known] - event[known])^2), row$brier)
  }
}
study <- result_table("evaluate/delong.csv")
for (i in seq_along(curves)) for (j in seq_len(i - 1)) {
  a <- curves[[j]]
  b <- curves[[i]]
  paired <- a$side == b$side
  one <- a$curve
  two <- b$curve
  if (paired) {
    rows <- sides[[a$side]]
    rows <- rows[!is.na(risks[[a$model]][rows]) & !is.na(risks[[b$model]][rows])]
    one <- curve_of(rows, risks[[a$model]])
    two <- curve_of(rows, risks[[b$model]])
  }
  test_of_two <- roc.test(one, two, method = "delong", paired = paired)
  row <- study[study$model_a == a$model & study$split_a == a$side & study$model_b == b$model & study$split_b == b$side, ]
  compare(paste0("DeLong's P: ", a$model, " ", a$side, ", ", b$model, " ", b$side), test_of_two$p.value, row$p)
  compare(paste0("difference: ", a$model, " ", a$side, ", ", b$model, " ", b$side),
          as.numeric(auc(one)) - as.numeric(auc(two)), row$difference)
}

# ---- Calibration: rms's bootstrap in training, the frozen model in test ----------------------------------------------
distances <- function(predicted, grid, curve) {
  apart <- predicted - approx(grid, curve, xout = predicted, ties = mean)$y
  apart <- apart[!is.na(apart)]
  c(mean(abs(apart)), mean(apart^2), unname(quantile(abs(apart), 0.9)))
}
study_curves <- result_table("evaluate/calibration.csv")
study_errors <- result_table("evaluate/calibration_errors.csv")
for (name in names(models)) {
  columns <- models[[name]]
  rows <- fits[[name]]$rows
  if (ncol(columns) && bootstrap > 0) {
    # lowess passes over points that are nearer than a hundredth of the range, so that the last digit of a score can move a
    # whole curve: rms is asked about the study's own Rad-score, which R's has been compared with above.
    if ("radscore" %in% colnames(columns)) columns[, "radscore"] <- result_table("score/radscore.csv")$radscore
    data <- data.frame(event = event[rows], columns[rows, , drop = FALSE])
    names(data) <- c("event", paste0("x", seq_len(ncol(columns))))
    model <- lrm(reformulate(with_intercept(colnames(columns)), "event"), data, x = TRUE, y = TRUE)
    set.seed(boot_seed)
    if (draw_resamples) {
      curve <- calibrate(model, B = bootstrap)
      calibrated <- unclass(curve)[, c("predy", "calibrated.orig", "calibrated.corrected")]
      errors <- distances(attr(curve, "predicted"), calibrated[, 1], calibrated[, 3])
      here <- study_curves$model == name & study_curves$split == "training"
      row <- study_errors[study_errors$model == name & study_errors$split == "training", ]
      study <- study_curves[here, ]
      compare(paste(name, "calibration in training: grid"), calibrated[, 1], study$predicted)
      compare(paste(name, "calibration in training: apparent"), calibrated[, 2], study$apparent)
      compare(paste(name, "calibration in training: corrected"), calibrated[, 3], study$corrected)
      compare(paste(name, "calibration in training: MAE, MSE, 0.9 quantile"), errors, c(row$mae, row$mse, row$q90))
    }
  }
  known <- unseen[!is.na(risks[[name]][unseen])]
  risk <- risks[[name]][known]
  if (length(unique(risk)) > 1) {
    outside <- glm(event[known] ~ qlogis(risk), family = binomial, control = maximum_likelihood)
    row <- study_errors[study_errors$model == name & study_errors$split == "test", ]
    compare(paste(name, "test: calibration intercept and slope"), coef(outside), c(row$intercept, row$slope))
    compare(paste(name, "test: observed / expected"), mean(event[known]) / mean(risk), row$observed_expected)
    ends <- sort(risk)[c(5, length(risk) - 4)]
    grid <- seq(ends[1], ends[2], length.out = 50)
    smooth <- lowess(risk, event[known], iter = 0)
    curve <- approx(smooth, xout = grid, ties = function(y) y[1])$y
    study <- study_curves[study_curves$model == name & study_curves$split == "test", ]
    compare(paste(name, "calibration in test: curve"), curve, study$apparent)
    compare(paste(name, "calibration in test: MAE, MSE, 0.9 quantile"), distances(risk, grid, curve),
            c(row$mae, row$mse, row$q90))
  }
}

# ---- Decision curves of the frozen risks -----------------------------------------------------------------------------
net_benefit <- function(risk, event, thresholds) {
  vapply(thresholds, function(t) {
    treated <- risk > t
    if (t >= 1) return(NA_real_)
    mean(treated & event == 1) - mean(treated & event == 0) * t / (1 - t)
  }, 0)
}
study <- result_table("evaluate/decision.csv")
for (side in names(sides)) {
  rows <- sides[[side]]
  rows <- rows[rowSums(is.na(do.call(cbind, risks)[rows, , drop = FALSE])) == 0]
  for (name in c(names(models), "All")) {
    risk <- if (name == "All") rep(1, length(rows)) else risks[[name]][rows]
    benefit <- net_benefit(risk, event[rows], thresholds)
    own <- study[study$model == name & study$split == side, "net_benefit"]
    compare(paste("net benefit of", name, "in", side), benefit, own)
    if (name != "All" && requireNamespace("rmda", quietly = TRUE)) {
      found <- rmda::decision_curve(event ~ risk, data = data.frame(event = event[rows], risk = risk),
                                    fitted.risk = TRUE, thresholds = thresholds, confidence.intervals = "none")
      found <- found$derived.data$NB[!found$derived.data$model %in% c("All", "None")]
      compare(paste("net benefit (rmda) of", name, "in", side), found, own)
    }
  }
}

# ---- The comparison --------------------------------------------------------------------------------------------------
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments)) {
  numbers_of_r$r <- sprintf("%.17g", numbers_of_r$r)
  write.csv(numbers_of_r, arguments[1], row.names = FALSE, quote = 1)
}
cat("\nR ", R.version$major, ".", R.version$minor, ", glmnet ", format(packageVersion("glmnet")), ", rms ",
    format(packageVersion("rms")), ", pROC ", format(packageVersion("pROC")), "\n", sep = "")
cat(sprintf("training: %d cases, %d with the event; test: %d cases, %d with the event\n", length(training),
            sum(event[training]), length(unseen), sum(event[unseen])))
cat(sprintf("lambda %.10g (%s): %d of %d features\n", lambda, lambda_rule, length(chosen), length(features)))
if (nrow(compared)) {
  cat("\nEach quantity where R and the study differ most (difference: relative where the number is above 1)\n")
  shown <- compared
  shown$R <- sprintf("%.10g", shown$R)
  shown$study <- sprintf("%.10g", shown$study)
  shown$difference <- sprintf("%.1e", shown$difference)
  print(shown, row.names = FALSE, right = TRUE)
  cat(sprintf("\n%d numbers compared; the largest difference is %.1e (%s): %s\n", sum(compared$numbers),
              max(compared$difference), compared$quantity[which.max(compared$difference)],
              if (max(compared$difference) <= 1e-6) "R gives the study's numbers" else "R DIFFERS from the study"))
} else {
  print(numbers_of_r, row.names = FALSE)
}
for (remark in remarks) cat(remark, "\n", sep = "")
