# Survival on R's own data sets: curves, tests, Cox models, concordance, and what riskRegression says of risks at a time.

suppressMessages(library(survival))

# The tables, as R ships them; rows with a gap are left out.
survival_tables <- function(folder) {
  write_table <- function(table, file) write.csv(table, file.path(folder, file), row.names = FALSE, quote = FALSE)
  write_table(na.omit(lung[c("time", "status", "age", "sex", "ph.ecog", "ph.karno")]), "lung.csv")
  write_table(veteran[c("time", "status", "trt", "celltype", "karno", "age", "prior")], "veteran.csv")
}

survival_table <- function(folder, file) {
  table <- read.csv(file.path(folder, file), stringsAsFactors = TRUE)
  whole <- sapply(table, is.integer)
  table[whole] <- lapply(table[whole], as.numeric)
  table$status <- as.numeric(table$status == max(table$status))
  table
}

followed <- function(table) Surv(table$time, table$status)

survived <- function(document, folder) {
  each <- function(name, compute) lapply(document[[name]], function(case) compute(case, survival_table(folder, case$data)))
  list(
    curves = each("curves", function(case, table) {
      fit <- survfit(followed(table) ~ 1, conf.type = case$scale, conf.int = case$level)
      at <- summary(fit, times = numbers(case$times))
      median <- quantile(fit, 0.5)
      quarter <- quantile(fit, 0.25)
      mean <- summary(fit, rmean = case$horizon)$table
      list(at_risk = at$n.risk, survival = at$surv, se = at$std.err, lower = at$lower, upper = at$upper,
           median = unname(c(median$quantile, median$lower, median$upper)),
           quartile = unname(c(quarter$quantile, quarter$lower, quarter$upper)),
           mean = unname(mean[c("rmean", "se(rmean)")]))
    }),
    log_rank = each("log_rank", function(case, table) {
      group <- table[[case$group]]
      formula <- if (is.null(case$strata)) followed(table) ~ group else followed(table) ~ group + strata(table[[case$strata]])
      test <- survdiff(formula, rho = case$rho)
      add <- function(part) if (is.matrix(part)) rowSums(part) else unname(part)
      list(observed = unname(add(test$obs)), expected = unname(add(test$exp)), variance = unname(test$var), chisq = test$chisq,
           p = pchisq(test$chisq, length(test$n) - 1, lower.tail = FALSE))
    }),
    cox = each("cox", function(case, table) {
      table$w <- if (is.null(case$weights)) 1 else table[[case$weights]]
      exact <- coxph.control(eps = 1e-15, toler.chol = 1e-17, iter.max = 100)
      fitted <- function(formula) do.call(coxph, list(as.formula(paste("Surv(time, status) ~", formula)), table, ties = case$ties, weights = table$w, control = exact))
      fit <- fitted(case$formula)
      parts <- strsplit(case$formula, " + ", fixed = TRUE)[[1]]
      without <- function(k) diff(2 * c(fitted(paste(c("1", parts[-k]), collapse = " + "))$loglik[length(fit$loglik)], fit$loglik[2]))
      found <- summary(fit)
      baseline <- survfit(fit)
      strata <- if (is.null(baseline$strata)) seq_along(baseline$time) else seq_len(baseline$strata[[1]])
      rows <- strata[round(seq(1, length(strata), length.out = 8))]
      proportional <- lapply(c("km", "rank", "identity", "log"), function(scale) unname(cox.zph(fit, scale)$table[, c("chisq", "p")]))
      list(coef = unname(coef(fit)), se = unname(sqrt(diag(vcov(fit)))), z = unname(found$coefficients[, "z"]),
           p = unname(found$coefficients[, "Pr(>|z|)"]), lower = unname(found$conf.int[, "lower .95"]),
           upper = unname(found$conf.int[, "upper .95"]), loglik = fit$loglik, likelihood_ratio = unname(found$logtest),
           wald = unname(c(fit$wald.test, found$waldtest[2:3])), score = unname(found$sctest), terms = sapply(grep("strata", parts, invert = TRUE), without),
           time = baseline$time[rows], hazard = baseline$cumhaz[rows] * exp(-sum(fit$means * coef(fit))), proportional = proportional,
           concordance = unname(c(fit$concordance["concordance"], fit$concordance["std"])))
    }),
    concordance = each("concordance", function(case, table) {
      arguments <- list(followed(table) ~ table[[case$risk]], reverse = case$reverse, timewt = if (case$uno) "n/G2" else "n")
      if (!is.null(case$horizon)) arguments$ymax <- case$horizon
      if (!is.null(case$strata)) arguments[[1]] <- followed(table) ~ table[[case$risk]] + strata(table[[case$strata]])
      if (!is.null(case$weights)) arguments$weights <- table[[case$weights]]
      found <- do.call(concordance, arguments)
      list(c = unname(found$concordance), se = unname(sqrt(found$var)), pairs = unname(found$count[1:3]))
    }),
    compared = each("compared", function(case, table) {
      found <- lapply(c(case$first, case$second), function(risk) concordance(followed(table) ~ table[[risk]], reverse = TRUE, influence = 1))
      list(difference = unname(found[[1]]$concordance - found[[2]]$concordance), se = sqrt(sum((found[[1]]$dfbeta - found[[2]]$dfbeta)^2)))
    }),
    at_times = each("at_times", function(case, table) {
      fit <- coxph(as.formula(paste("Surv(time, status) ~", case$formula)), table, x = TRUE, control = coxph.control(eps = 1e-15, iter.max = 100))
      times <- numbers(case$times)
      scores <- suppressMessages(riskRegression::Score(list(model = fit), Surv(time, status) ~ 1, data = table, times = times,
                                                       metrics = c("auc", "brier"), conservative = TRUE))
      brier <- as.data.frame(scores$Brier$score)
      list(auc = scores$AUC$score$AUC, auc_se = scores$AUC$score$se, brier = brier$Brier[brier$model == "model"],
           brier_se = brier$se[brier$model == "model"], reference = brier$Brier[brier$model == "Null model"])
    })
  )
}

# What is asked for: the document before it has values.
survival_questions <- list(
  curves = list(
    list(data = "lung.csv", scale = "log", level = 0.95, times = c(0, 100, 200.5, 371, 800), horizon = 400),
    list(data = "lung.csv", scale = "log-log", level = 0.9, times = c(5, 31, 310, 1000), horizon = 1000),
    list(data = "veteran.csv", scale = "plain", level = 0.95, times = c(1, 8, 100, 999), horizon = 365)
  ),
  log_rank = list(
    list(data = "lung.csv", group = "sex", rho = 0), list(data = "lung.csv", group = "ph.ecog", rho = 0),
    list(data = "veteran.csv", group = "celltype", strata = "trt", rho = 0), list(data = "veteran.csv", group = "celltype", rho = 1)
  ),
  cox = list(
    list(data = "lung.csv", formula = "age + sex + ph.karno", ties = "efron"),
    list(data = "veteran.csv", formula = "karno + celltype + age", ties = "efron"),
    list(data = "veteran.csv", formula = "karno + celltype + age", ties = "breslow"),
    list(data = "veteran.csv", formula = "karno + age + strata(celltype)", ties = "efron"),
    list(data = "veteran.csv", formula = "karno + trt", ties = "efron", weights = "age")
  ),
  concordance = list(
    list(data = "lung.csv", risk = "age", reverse = TRUE, uno = FALSE), list(data = "veteran.csv", risk = "karno", reverse = FALSE, uno = FALSE),
    list(data = "lung.csv", risk = "age", reverse = TRUE, uno = TRUE), list(data = "lung.csv", risk = "ph.karno", reverse = FALSE, uno = TRUE, horizon = 500),
    list(data = "veteran.csv", risk = "karno", reverse = FALSE, uno = TRUE, strata = "celltype", weights = "age"),
    list(data = "lung.csv", risk = "age", reverse = TRUE, uno = TRUE, strata = "sex"), list(data = "lung.csv", risk = "ph.ecog", reverse = TRUE, uno = FALSE, weights = "ph.karno")
  ),
  compared = list(list(data = "lung.csv", first = "ph.karno", second = "age")),
  at_times = list(
    list(data = "lung.csv", formula = "age + sex + ph.karno", times = c(180, 365, 700)),
    list(data = "veteran.csv", formula = "karno + age", times = c(90, 180))
  )
)

# The whole document, made anew.
survival_document <- function(folder) {
  values <- survived(survival_questions, folder)
  mapply(function(asked, found) mapply(c, asked, found, SIMPLIFY = FALSE), survival_questions, values[names(survival_questions)], SIMPLIFY = FALSE)
}
