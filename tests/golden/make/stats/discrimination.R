# ROC curves, their comparison and resampling with pROC; proportions; reclassification with Hmisc.

suppressMessages(library(pROC))

curve_of <- function(y, score, direction) {
  roc(y, score, levels = c(0, 1), direction = direction, quiet = TRUE)
}

described_curve <- function(curve) {
  area <- as.numeric(auc(curve))
  variance <- as.numeric(pROC::var(curve))
  list(
    n_pos = length(curve$cases), n_neg = length(curve$controls), direction = curve$direction, thresholds = curve$thresholds,
    sensitivities = curve$sensitivities, specificities = curve$specificities, auc = area, delong_var = variance,
    delong_se = sqrt(variance), delong_ci95 = as.numeric(suppressWarnings(ci.auc(curve))),
    delong_ci90 = as.numeric(suppressWarnings(ci.auc(curve, conf.level = 0.9))),
    partial_auc_spec_1_0.8 = as.numeric(auc(curve, partial.auc = c(1, 0.8))),
    partial_auc_spec_1_0.8_corrected = as.numeric(suppressWarnings(auc(curve, partial.auc = c(1, 0.8), partial.auc.correct = TRUE)))
  )
}

roc_curves <- function(document, folder) {
  list(
    cases = lapply(document$cases, function(case) {
      table <- read.csv(file.path(folder, case$data))
      described_curve(curve_of(table[[case$y]], table[[case$score]], case$direction_arg))
    }),
    perfect = described_curve(curve_of(numbers(document$perfect$y), numbers(document$perfect$s), "auto"))
  )
}

roc_compared <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) {
    curve <- function(name) {
      parts <- strsplit(sub(" .*", "", name), ":")[[1]]
      table <- read.csv(file.path(folder, parts[1]))
      curve_of(table$y, table[[parts[2]]], "auto")
    }
    a <- curve(case$a)
    b <- curve(case$b)
    found <- suppressWarnings(roc.test(a, b, method = "delong", paired = case$paired))
    made <- list(
      statistic = unname(found$statistic), p_value = found$p.value, auc = c(auc(a), auc(b)),
      var = c(pROC::var(a), pROC::var(b))
    )
    # The covariance of curves of opposite directions is that of the placements, which pROC's own function does not give.
    if (!case$paired) made$df <- unname(found$parameter) else if (a$direction == b$direction) made$cov <- pROC::cov(a, b)
    made
  }))
}

roc_resampled <- function(document, folder) {
  table <- read.csv(file.path(folder, document$data))
  score <- table[[document$score]]
  controls <- score[table$y == 0]
  cases <- score[table$y == 1]
  drawn <- as.matrix(read.csv(file.path(folder, "bootidx_roc80_B500.csv")))
  n0 <- length(controls)
  areas <- apply(drawn, 1, function(row) {
    low <- controls[row[seq_len(n0)] + 1]
    high <- cases[row[-seq_len(n0)] - n0 + 1]
    mean(outer(high, low, ">") + outer(high, low, "==") / 2)
  })
  set.seed(document$r_seed)
  curve <- curve_of(table$y, score, "<")
  of_proc <- as.numeric(ci.auc(curve, method = "bootstrap", boot.n = document$B, boot.stratified = TRUE, progress = "none"))
  list(
    proc_seed_reproduced = of_proc, auc_quantiles_type7 = unname(quantile(areas, c(0.025, 0.5, 0.975))), auc_boot_sd = sd(areas)
  )
}

proportions <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) {
    p <- case$k / case$n
    list(
      clopper_pearson = as.numeric(binom.test(case$k, case$n)$conf.int),
      wilson = as.numeric(suppressWarnings(prop.test(case$k, case$n, correct = FALSE))$conf.int),
      wilson_cc = as.numeric(suppressWarnings(prop.test(case$k, case$n))$conf.int),
      wald = p + qnorm(c(0.025, 0.975)) * sqrt(p * (1 - p) / case$n)
    )
  }))
}

improved <- function(document, folder) {
  table <- read.csv(file.path(folder, document$data))
  found <- Hmisc::improveProb(table[[document$from]], table[[document$to]], table$y)
  names_there <- intersect(names(document$expected), names(found))
  list(expected = lapply(unclass(found)[names_there], as.numeric))
}
