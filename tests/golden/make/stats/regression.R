# Logistic models with glm, rms and brglm2; their calibration, validation and nomograms.

suppressMessages(library(rms))

table_of <- function(case, folder) read.csv(file.path(folder, case$data))

# rms looks for the summary of the predictors in a global variable.
described <- function(table) {
  assign("described_by", datadist(table), envir = globalenv())
  options(datadist = "described_by")
}

fit_lrm <- function(formula, table, limits = table) {
  described(limits)
  eval(substitute(lrm(f, data = table, x = TRUE, y = TRUE), list(f = as.formula(formula))))
}

models_lrm <- function(document, folder) {
  sapply(document, function(case) {
    fit <- fit_lrm(case$formula, table_of(case, folder))
    se <- sqrt(diag(vcov(fit)))
    as_list <- function(x) setNames(as.list(unname(x)), names(coef(fit)))
    stats <- fit$stats[intersect(names(fit$stats), names(case$expected$stats))]
    list(expected = list(
      coef = as_list(coef(fit)), se = as_list(se), var = unname(vcov(fit)), wald_p = as_list(2 * pnorm(-abs(coef(fit) / se))),
      deviance = unname(fit$deviance), stats = as.list(stats), fail = fit$fail
    ))
  }, simplify = FALSE)
}

# Mean, mean square and 0.9 quantile of the calibration error at the predictions within the grid.
error_of <- function(predicted, grid, corrected) {
  error <- predicted - approx(grid, corrected, xout = predicted, ties = mean)$y
  error <- error[!is.na(error)]
  list(n_used = length(error), mae = mean(abs(error)), mse = mean(error^2), q90 = unname(quantile(abs(error), 0.9)))
}

# The calibration curve corrected for optimism, with fits carried to the maximum: every resample as it was drawn.
calibrated_exactly <- function(case, table, folder) {
  formula <- as.formula(case$formula)
  maximum <- function(rows) suppressWarnings(glm(formula, binomial, table[rows, ], control = list(epsilon = 1e-14, maxit = 100)))
  all <- seq_len(nrow(table))
  y <- table$y
  at <- function(fit, rows) unname(predict(fit, table[rows, ], type = "response"))
  predicted <- at(maximum(all), all)
  sorted <- sort(predicted)
  grid <- seq(sorted[5], sorted[length(sorted) - 4], length = 50)
  curve <- function(p, y) {
    smooth <- lowess(p, y, iter = 0)
    approx(smooth, xout = grid, ties = function(x) x[1])$y
  }
  apparent <- curve(predicted, y)
  if (!is.null(case$bootstrap_indices_0based_csv)) {
    drawn <- as.matrix(read.csv(file.path(folder, case$bootstrap_indices_0based_csv))) + 1
    sets <- lapply(seq_len(nrow(drawn)), function(k) list(train = drawn[k, ], test = all))
  } else {
    sets <- lapply(case$cv_test_sets_0based, function(rows) {
      test <- numbers(rows) + 1
      list(train = setdiff(all, test), test = test)
    })
  }
  optimism <- sapply(sets, function(set) {
    fit <- maximum(set$train)
    curve(at(fit, set$train), y[set$train]) - curve(at(fit, set$test), y[set$test])
  })
  mean_optimism <- rowMeans(optimism, na.rm = TRUE)
  corrected <- apparent - mean_optimism
  c(list(predy = grid, apparent = apparent, optimism = mean_optimism, corrected = corrected, n = rowSums(!is.na(optimism))),
    error_of(predicted, grid, corrected))
}

calibrated <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) {
    table <- table_of(case, folder)
    fit <- fit_lrm(case$formula, table)
    set.seed(case$r_seed)
    curve <- calibrate(fit, method = case$method, B = case$B)
    error <- error_of(attr(curve, "predicted"), curve[, "predy"], curve[, "calibrated.corrected"])
    list(
      rms_expected = list(
        predy = unname(curve[, "predy"]), calibrated_orig = unname(curve[, "calibrated.orig"]),
        calibrated_corrected = unname(curve[, "calibrated.corrected"]), predicted = unname(attr(curve, "predicted")),
        summary = list(n_used = error$n_used, mae = error$mae, mse = error$mse, q90_abs_error = error$q90)
      ),
      exact_mle_expected = calibrated_exactly(case, table, folder)
    )
  }))
}

# The models of validate.rms are those of the first and the third calibration.
VALIDATED <- c(clin80.csv = "y ~ radscore + smoking + nerve", clin300.csv = "y ~ radscore + smoking + nerve + age")

validated <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) {
    fit <- fit_lrm(VALIDATED[[case$data]], table_of(case, folder))
    set.seed(case$r_seed)
    found <- unclass(validate(fit, method = case$method, B = case$B))
    list(table = unname(found[texts(case$rows), texts(case$columns)]))
  }))
}

stated_risks <- function(document, folder) {
  sapply(document, function(case) {
    p <- numbers(case$p)
    y <- numbers(case$y)
    found <- suppressWarnings(val.prob(p, y, pl = FALSE))
    link <- qlogis(p)
    brier <- mean((p - y)^2)
    precisely <- list(epsilon = 1e-14, maxit = 100)
    list(
      val_prob = as.list(found[names(case$val_prob)]), brier = brier, brier_scaled = 1 - brier / (mean(y) * (1 - mean(y))),
      oe_ratio = sum(y) / sum(p),
      calib_intercept_offset = unname(coef(glm(y ~ offset(link), family = binomial, control = precisely))),
      calib_slope = unname(coef(glm(y ~ link, family = binomial, control = precisely))[2])
    )
  }, simplify = FALSE)
}

nomograms <- function(document, folder) {
  sapply(document, function(case) {
    table <- table_of(case, folder)
    # All three are laid out within the limits of the first table's predictors.
    limits <- table_of(document[[1]], folder)
    fit <- fit_lrm(paste("y ~", paste(texts(case$vars), collapse = " + ")), table, limits)
    found <- nomogram(fit, fun = plogis, fun.at = numbers(case$fun_at), lp = TRUE)
    axes <- sapply(names(case$axes), function(name) {
      axis <- found[[name]]
      list(values = as.numeric(axis[[1]]), Xbeta = unname(axis$Xbeta), points = unname(axis$points))
    }, simplify = FALSE)
    risk <- found[[length(found)]]
    list(
      coef = as.list(coef(fit)), axes = axes, total_points_ticks = found$total.points$x, lp_ticks = found$lp$x.real,
      lp_points = found$lp$x, risk_points = unname(risk$x), subject_risk_first20 = unname(predict(fit, type = "fitted"))[1:20]
    )
  }, simplify = FALSE)
}

smoothed <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) {
    options <- if (length(case$args) > 0) lapply(case$args, as.numeric) else list()
    found <- do.call(lowess, c(list(numbers(case$x), numbers(case$y)), options))
    list(out_x = found$x, out_y = found$y)
  }))
}

exactly <- function(formula, table) glm(formula, binomial, table, control = list(epsilon = 1e-14, maxit = 100))

# Limits of the likelihood profile, by finding its roots.
profile_limits <- function(fit, table, level = 0.95) {
  design <- model.matrix(fit)
  y <- fit$y
  drop <- qchisq(level, 1) / 2
  best <- as.numeric(logLik(fit))
  loss <- function(value, k) {
    rest <- suppressWarnings(glm.fit(design[, -k, drop = FALSE], y, offset = value * design[, k], family = binomial(),
                                     control = list(epsilon = 1e-14, maxit = 100)))
    best + rest$deviance / 2 - drop
  }
  se <- sqrt(diag(vcov(fit)))
  t(sapply(seq_along(coef(fit)), function(k) {
    limit <- function(side) {
      far <- 1
      while (loss(coef(fit)[k] + side * far * se[k], k) < 0) far <- far + 1
      uniroot(loss, sort(c(coef(fit)[k], coef(fit)[k] + side * far * se[k])), k = k, tol = 1e-13)$root
    }
    c(limit(-1), limit(1))
  }))
}

described_glm <- function(fit, table, expected) {
  found <- summary(fit)$coefficients
  n <- nobs(fit)
  cox_snell <- 1 - exp((fit$deviance - fit$null.deviance) / n)
  each <- function(column) setNames(as.list(unname(found[, column])), rownames(found))
  wald <- coef(fit) + outer(found[, 2], qnorm(c(0.025, 0.975)))
  made <- list(
    coef = each(1), se = each(2), z = each(3), p_wald = each(4), or = setNames(as.list(exp(unname(coef(fit)))), names(coef(fit))),
    or_wald_ci = unname(exp(wald)), or_profile_ci_R = unname(exp(suppressMessages(confint(fit)))),
    or_profile_ci_exact = unname(exp(profile_limits(fit, table))), vcov = unname(vcov(fit)), deviance = fit$deviance,
    null_deviance = fit$null.deviance, aic = AIC(fit), bic = BIC(fit), loglik = as.numeric(logLik(fit)), cox_snell = cox_snell,
    nagelkerke = cox_snell / (1 - exp(-fit$null.deviance / n)), mcfadden = 1 - fit$deviance / fit$null.deviance
  )
  made[intersect(names(made), names(expected))]
}

models_glm <- function(document, folder) {
  suppressMessages(library(MASS))
  table <- table_of(document, folder)
  model <- function(terms) exactly(as.formula(paste("y ~", paste(terms, collapse = " + "))), table)
  univariable <- sapply(names(document$univariable), function(term) {
    described_glm(model(term), table, document$univariable[[term]])
  }, simplify = FALSE)
  full <- model(texts(document$multivariable$vars))
  factors <- exactly(as.formula(document$with_factor_grade$formula), table)
  linear <- sapply(names(document$vif_lm_spss), function(term) {
    others <- setdiff(texts(document$multivariable$vars), term)
    1 / (1 - summary(lm(reformulate(others, term), table))$r.squared)
  })
  made <- list(
    univariable = univariable,
    multivariable = list(expected = described_glm(full, table, document$multivariable$expected)),
    with_factor_grade = list(expected = described_glm(factors, table, document$with_factor_grade$expected)),
    vif_lm_spss = as.list(linear),
    vif_rms = as.list(rms::vif(fit_lrm(paste("y ~", paste(texts(document$multivariable$vars), collapse = " + ")), table)))
  )
  if (requireNamespace("car", quietly = TRUE)) made$vif_glm_car <- as.list(car::vif(full))
  made
}

models_firth <- function(document, folder) {
  suppressMessages(library(brglm2))
  list(cases = lapply(document$cases, function(case) {
    table <- table_of(case, folder)
    fit <- glm(as.formula(case$formula), binomial, table, method = "brglmFit", type = "AS_mean", epsilon = 1e-12, maxit = 1000)
    found <- summary(fit)$coefficients
    each <- function(column) setNames(as.list(unname(found[, column])), rownames(found))
    list(coef = each(1), se = each(2), z = each(3), p_wald = each(4))
  }))
}
