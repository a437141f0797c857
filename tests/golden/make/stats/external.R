# External validation: saved coefficients applied to a new table, judged by pROC, rms::val.prob, loess, glm and the formulas of
# rmda (net benefit) and of Austin & Steyerberg (ICI); centres pooled by metafor.
#
# The tables are made up: external_tables() draws them, and the two models are logistic fits with rounded coefficients.

suppressMessages(library(pROC))

external_tables <- function(folder) {
  set.seed(20261127)
  draw <- function(n, shift, names) {
    texture <- rnorm(n, 52 + shift, 11)
    entropy <- rnorm(n, 7 - shift / 20, 0.6)
    age <- round(rnorm(n, 61 + shift / 2, 9))
    sex <- ifelse(runif(n) < 0.55, "male", "female")
    score <- -0.2 + 0.9 * (texture - 52) / 11 - 0.5 * (entropy - 7) / 0.6
    y <- rbinom(n, 1, plogis(-0.4 + 0.8 * score + 0.04 * (age - 61) + 0.5 * (sex == "male") - shift / 15))
    data.frame(id = names, texture = signif(texture, 9), entropy = signif(entropy, 9), age = age, sex = sex, y = y)
  }
  training <- draw(120, 0, sprintf("D%03d", 1:120))
  centres <- rep(c("Aachen", "Bologna", "Chengdu"), c(70, 50, 60))
  new <- do.call(rbind, Map(function(n, shift, letter) draw(n, shift, sprintf("%s%03d", letter, seq_len(n))),
                            c(70, 50, 60), c(2, -3, 6), c("A", "B", "C")))
  new <- cbind(new[, 1, drop = FALSE], centre = centres, new[, -1])
  write.csv(training, file.path(folder, "training.csv"), row.names = FALSE, quote = FALSE)
  write.csv(new, file.path(folder, "patients.csv"), row.names = FALSE, quote = FALSE)
}

# The two models' files: logistic fits on the training table, coefficients in six digits. The intercept and coefficients of the
# Rad-score are made up.
external_models <- function(folder) {
  training <- read.csv(file.path(folder, "training.csv"))
  parts <- list(texture = 0.9, entropy = -0.5)
  scaled <- function(x) (x - mean(x)) / sd(x)
  training$score <- -0.2 + parts$texture * scaled(training$texture) + parts$entropy * scaled(training$entropy)
  write_model <- function(name, file, fit, terms) {
    curve <- roc(training$y, fitted(fit), levels = c(0, 1), direction = "<", quiet = TRUE)
    best <- coords(curve, "best", transpose = FALSE)[1, ]
    b <- signif(unname(coef(fit)), 6)
    model <- list(
      format = "radscore model 1", name = name, radscore_version = "0.1.0", outcome = list(column = "y", event = "1"),
      radscore = list(intercept = -0.2, terms = unname(Map(function(feature, coefficient) {
        list(feature = feature, mean = mean(training[[feature]]), sd = sd(training[[feature]]), coefficient = coefficient)
      }, names(parts), parts))),
      intercept = b[1], terms = Map(function(term, coefficient) c(term, coefficient = coefficient), terms, b[-1]),
      cutoff = list(risk = signif(best$threshold, 6), rule = "largest Youden index in training",
                    sensitivity = best$sensitivity, specificity = best$specificity),
      training = list(cases = nrow(training), events = sum(training$y), patients = nrow(training), left_out = 0),
      extraction = NULL, made_from = setNames(list(), character(0))
    )
    writeLines(toJSON(model, auto_unbox = TRUE, digits = NA, null = "null", pretty = TRUE), file.path(folder, file))
  }
  score <- list(name = "radscore", kind = "radscore")
  write_model("model 1", "model_radscore.json", glm(y ~ score, binomial, training), list(score))
  write_model("model 2", "model.json", glm(y ~ score + age + I(sex == "male"), binomial, training), list(
    score, list(name = "age", kind = "clinical", column = "age"),
    list(name = "sex=male", kind = "clinical", column = "sex", level = "male")
  ))
}

# The linear predictor of a model's file.
linear_predictor <- function(model, table) {
  score <- model$radscore$intercept
  for (term in model$radscore$terms) score <- score + term$coefficient * (table[[term$feature]] - term$mean) / term$sd
  lp <- rep(model$intercept, nrow(table))
  for (term in model$terms) {
    x <- if (term$kind == "radscore") score else if (is.null(term$level)) table[[term$column]] else as.numeric(table[[term$column]] == term$level)
    lp <- lp + term$coefficient * x
  }
  lp
}

wilson <- function(k, n) as.numeric(prop.test(k, n, correct = FALSE)$conf.int)

distances <- function(risk, curve) {
  away <- abs(risk - curve)
  list(ici = mean(away), e50 = median(away), e90 = unname(quantile(away, 0.9)), emax = max(away))
}

judged <- function(y, lp, cutoff, thresholds) {
  risk <- plogis(lp)
  curve <- roc(y, risk, levels = c(0, 1), direction = "<", quiet = TRUE)
  exact <- glm.control(epsilon = 1e-15, maxit = 100)
  large <- glm(y ~ 1, offset = lp, family = binomial, control = exact)
  slope <- glm(y ~ lp, family = binomial, control = exact)
  wald <- function(fit, at) {
    # glm's own covariance is that of the step before the last.
    x <- model.matrix(fit)
    se <- sqrt(diag(solve(crossprod(x * sqrt(fitted(fit) * (1 - fitted(fit)))))))[at]
    unname(coef(fit)[at] + c(-1, 1) * qnorm(0.975) * se)
  }
  oe <- sum(y) / sum(risk)
  high <- risk >= cutoff
  tp <- sum(high & y == 1); fp <- sum(high & y == 0); fn <- sum(!high & y == 1); tn <- sum(!high & y == 0)
  vp <- suppressWarnings(rms::val.prob(risk, y, pl = FALSE))
  again <- function(a, b) {
    new <- plogis(a + b * lp)
    c(list(intercept = unname(a), slope = unname(b), brier = mean((new - y)^2)), distances(new, fitted(loess(y ~ new)))[c("ici", "e90")])
  }
  list(
    n = length(y), events = sum(y), auc = as.numeric(auc(curve)), auc_se = sqrt(as.numeric(pROC::var(curve))),
    ci = as.numeric(ci.auc(curve))[c(1, 3)],
    at_cutoff = list(
      tp = tp, fp = fp, tn = tn, fn = fn, sensitivity = tp / (tp + fn), sensitivity_ci = wilson(tp, tp + fn),
      specificity = tn / (tn + fp), specificity_ci = wilson(tn, tn + fp), ppv = tp / (tp + fp), ppv_ci = wilson(tp, tp + fp),
      npv = tn / (tn + fn), npv_ci = wilson(tn, tn + fn)
    ),
    intercept = unname(coef(large)), intercept_ci = wald(large, 1), slope = unname(coef(slope)[2]), slope_ci = wald(slope, 2),
    oe = oe, oe_ci = oe * exp(c(-1, 1) * qnorm(0.975) * sqrt((1 - mean(y)) / sum(y))),
    brier = mean((risk - y)^2), val_prob = as.list(vp[c("R2", "D", "U", "Q", "Brier", "Emax", "E90", "Eavg", "S:z", "S:p")]),
    loess = distances(risk, fitted(loess(y ~ risk))),
    loess_curve = unname(predict(loess(y ~ risk), seq(min(risk), max(risk), length.out = 101))),
    recalibrated = list(intercept_only = again(coef(large)[1], 1), intercept_and_slope = again(coef(slope)[1], coef(slope)[2])),
    # rmda: high risk is risk > t
    net_benefit = vapply(thresholds, function(t) mean(risk > t & y == 1) - t / (1 - t) * mean(risk > t & y == 0), 0),
    treat_all = vapply(thresholds, function(t) mean(y) - t / (1 - t) * (1 - mean(y)), 0)
  )
}

over_centres <- function(y, lp, centre) {
  library(metafor)
  parts <- lapply(split(seq_along(y), factor(centre, unique(centre))), function(rows) {
    curve <- roc(y[rows], plogis(lp[rows]), levels = c(0, 1), direction = "<", quiet = TRUE)
    area <- as.numeric(auc(curve))
    list(auc = area, se = sqrt(as.numeric(pROC::var(curve))), observed = sum(y[rows]), expected = sum(plogis(lp[rows])), n = length(rows))
  })
  pick <- function(name) unname(vapply(parts, function(part) part[[name]], 0))
  area <- pick("auc")
  pooled(list(
    auc = list(y = qlogis(area), v = (pick("se") / (area * (1 - area)))^2),
    oe = list(y = log(pick("observed") / pick("expected")), v = (1 - pick("observed") / pick("n")) / pick("observed"))
  ))
}

# Random effects by metafor, both estimators. Hartung-Knapp's interval is never narrower than Wald's factor ("adhoc").
pooled <- function(quantities) {
  exact <- list(threshold = 1e-15, maxiter = 10000)
  lapply(quantities, function(quantity) {
    y <- numbers(quantity$y); v <- numbers(quantity$v)
    c(list(y = y, v = v), lapply(c(reml = "REML", dl = "DL"), function(method) {
      fit <- metafor::rma(y, v, method = method, test = "adhoc", control = exact)
      plain <- metafor::rma(y, v, method = method, control = exact)
      likely <- predict(fit)
      list(mean = as.numeric(fit$beta), se = fit$se, ci = c(fit$ci.lb, fit$ci.ub), wald_se = plain$se,
           wald_ci = c(plain$ci.lb, plain$ci.ub), prediction = c(likely$pi.lb, likely$pi.ub), tau_squared = fit$tau2,
           i_squared = plain$I2 / 100, q = fit$QE, q_p = fit$QEp)
    }))
  })
}

validated_outside <- function(document, folder) {
  table <- read.csv(file.path(folder, document$data))
  training <- read.csv(file.path(folder, document$training))
  thresholds <- numbers(document$thresholds)
  models <- lapply(document$models, function(model) {
    file <- jsonlite::fromJSON(file.path(folder, model$file), simplifyVector = FALSE)
    lp <- linear_predictor(file, table)
    before <- linear_predictor(file, training)
    curve <- function(y, x) roc(y, x, levels = c(0, 1), direction = "<", quiet = TRUE)
    test <- roc.test(curve(table$y, lp), curve(training$y, before), method = "delong", paired = FALSE)
    mix <- lapply(list(texture = "texture", entropy = "entropy"), function(name) {
      smd <- (mean(table[[name]]) - mean(training[[name]])) / sqrt((var(table[[name]]) + var(training[[name]])) / 2)
      list(mean = mean(table[[name]]), sd = sd(table[[name]]), training_mean = mean(training[[name]]), training_sd = sd(training[[name]]),
           smd = smd, outside = sum(table[[name]] < min(training[[name]]) | table[[name]] > max(training[[name]])))
    })
    list(
      file = model$file, cohorts = c(
        list(all = judged(table$y, lp, file$cutoff$risk, thresholds)),
        lapply(split(seq_len(nrow(table)), factor(table$centre, unique(table$centre))), function(rows) {
          judged(table$y[rows], lp[rows], file$cutoff$risk, thresholds)
        })
      ),
      against_training = list(auc = as.numeric(auc(curve(training$y, before))), statistic = unname(test$statistic),
                              df = unname(test$parameter), p = test$p.value),
      case_mix = mix, pooled = over_centres(table$y, lp, table$centre)
    )
  })
  lps <- lapply(document$models, function(model) linear_predictor(jsonlite::fromJSON(file.path(folder, model$file), simplifyVector = FALSE), table))
  paired <- roc.test(roc(table$y, lps[[1]], direction = "<", quiet = TRUE), roc(table$y, lps[[2]], direction = "<", quiet = TRUE), method = "delong", paired = TRUE)
  list(models = models, paired = list(statistic = unname(paired$statistic), p = paired$p.value))
}

smoothed_by_loess <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) {
    x <- numbers(case$x); y <- numbers(case$y)
    fit <- suppressWarnings(loess(y ~ x))
    at <- numbers(case$at)
    list(fitted = unname(fitted(fit)), at = at, curve = unname(predict(fit, at)))
  }))
}

pooled_quantities <- function(document, folder) list(cases = pooled(document$cases))

# Internal-external validation: each centre judged by the model of the others.
validated_without_each <- function(document, folder) {
  table <- read.csv(file.path(folder, document$data))
  exact <- glm.control(epsilon = 1e-15, maxit = 100)
  lp <- rep(NA_real_, nrow(table))
  for (centre in unique(table$centre)) {
    out <- table$centre == centre
    lp[out] <- predict(glm(as.formula(document$formula), binomial, table[!out, ], control = exact), table[out, ])
  }
  pooled <- over_centres(table$y, lp, table$centre)
  centres <- lapply(unique(table$centre), function(centre) {
    rows <- table$centre == centre
    curve <- roc(table$y[rows], plogis(lp[rows]), levels = c(0, 1), direction = "<", quiet = TRUE)
    list(
      centre = centre, auc = as.numeric(auc(curve)), auc_se = sqrt(as.numeric(pROC::var(curve))),
      observed_expected = sum(table$y[rows]) / sum(plogis(lp[rows])),
      slope = unname(coef(glm(table$y[rows] ~ lp[rows], family = binomial, control = exact))[2]),
      brier = mean((plogis(lp[rows]) - table$y[rows])^2)
    )
  })
  back <- function(part, scale) {
    list(value = scale(part$reml$mean), ci = scale(part$reml$ci), prediction = scale(part$reml$prediction), tau_squared = part$reml$tau_squared)
  }
  list(centres = centres, auc = back(pooled$auc, plogis), observed_expected = back(pooled$oe, exp))
}
