# R's own data sets: separated resamples as rms keeps them, imputed tables pooled as mice pools them.

# The tables, as R ships them; imputed ones as mice fills them.
shipped_tables <- function(folder) {
  write_table <- function(table, file) write.csv(table, file.path(folder, file), row.names = FALSE, quote = FALSE, na = "")
  write_table(mtcars, "mtcars.csv")
  air <- airquality[c("Ozone", "Solar.R", "Wind", "Month")]
  air$hot <- as.integer(airquality$Temp > 79)
  air$Month <- factor(month.abb[air$Month])
  filled <- mice::mice(air, m = 3, maxit = 5, seed = 2026, printFlag = FALSE)
  long <- mice::complete(filled, "long", include = TRUE)
  write_table(long[c(".imp", "hot", "Ozone", "Solar.R", "Wind", "Month")], "airquality_imputed.csv")
}

separated_resamples <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) {
    table <- read.csv(file.path(folder, case$data))
    model <- fit_lrm(case$formula, table)
    set.seed(case$r_seed)
    curve <- rms::calibrate(model, B = case$B)
    set.seed(case$r_seed)
    indices <- unclass(rms::validate(model, B = case$B))
    # A resample is separated where the likelihood's maximum lies at infinity.
    set.seed(case$r_seed)
    x <- model.matrix(as.formula(case$formula), table)
    y <- table[[all.vars(as.formula(case$formula))[1]]]
    ends <- replicate(case$B, {
      rows <- sample(nrow(table), replace = TRUE)
      fit <- suppressWarnings(glm.fit(x[rows, ], y[rows], family = binomial(), control = list(epsilon = 1e-14, maxit = 100)))
      any(abs(fit$coefficients * apply(x, 2, function(column) max(diff(range(column)), 1))) > 100) || fit$deviance < 1e-6
    })
    list(
      predy = unname(curve[, "predy"]), corrected = unname(curve[, "calibrated.corrected"]),
      rows = rownames(indices), indices = unname(indices[, "index.corrected"]), n = unname(indices[1, "n"]), separated = sum(ends)
    )
  }))
}

# Rubin's rules on given tables: mice fills airquality, its long form is the table.
pooled_imputations <- function(document, folder) {
  long <- read.csv(file.path(folder, document$data))
  formula <- as.formula(document$formula)
  exact <- list(epsilon = 1e-15, maxit = 100)
  fits <- lapply(seq_len(max(long$.imp)), function(k) glm(formula, binomial, long[long$.imp == k, ], control = exact))
  pooled <- mice::pool(mice::as.mira(fits))$pooled
  interval <- summary(mice::pool(mice::as.mira(fits)), conf.int = TRUE)
  curves <- lapply(fits, function(fit) pROC::roc(fit$y, fitted(fit), direction = "<", quiet = TRUE))
  area <- sapply(curves, function(curve) as.numeric(pROC::auc(curve)))
  variance <- sapply(curves, pROC::var)
  together <- mice::pool.scalar(qlogis(area), variance / (area * (1 - area))^2, n = Inf)
  margin <- qt(0.975, together$df) * sqrt(together$t)
  list(
    coef = interval$estimate, se = interval$std.error, t = interval$statistic, df = interval$df, p = interval$p.value,
    lower = interval$`2.5 %`, upper = interval$`97.5 %`, riv = pooled$riv, lambda = pooled$lambda, fmi = pooled$fmi,
    auc = plogis(together$qbar + c(0, -1, 1) * margin)
  )
}

# Tests of small tables; Fleiss' kappa by its published formulas, for want of a package.
small_tests <- function(document, folder) {
  table <- read.csv(file.path(folder, document$data))
  shift <- function(values, by) {
    test <- suppressWarnings(wilcox.test(values[by == 0], values[by == 1], conf.int = TRUE))
    unname(c(test$estimate, test$conf.int))
  }
  distinct <- c(1, 3, 4, 6, 7, 18:22)
  bartlett <- bartlett.test(table$mpg, table$cyl)
  set.seed(document$r_seed)
  simulated <- fisher.test(table$carb, table$gear, simulate.p.value = TRUE, B = document$B)$p.value
  changes <- table(table$vs, table$am)
  readers <- as.matrix(table[c("cyl", "gear", "carb")])
  counts <- t(apply(readers, 1, function(row) table(factor(row, levels = sort(unique(c(readers)))))))
  n <- nrow(readers); m <- ncol(readers)
  share <- colSums(counts) / (n * m)
  observed <- sum(counts * (counts - 1)) / (n * m * (m - 1))
  kappa <- (observed - sum(share^2)) / (1 - sum(share^2))
  spread <- sum(share * (1 - share))
  se <- sqrt(2 / (spread^2 * n * m * (m - 1)) * (spread^2 - sum(share * (1 - share) * (1 - 2 * share))))
  curve <- function(rows) pROC::roc(table$vs[rows], table$mpg[rows], direction = "<", quiet = TRUE)
  unpaired <- pROC::roc.test(curve(table$am == 0), curve(table$am == 1), method = "delong", paired = FALSE)
  list(
    bartlett = c(unname(bartlett$statistic), bartlett$p.value), shift_with_ties = shift(table$mpg, table$am),
    shift_exact = shift(table$qsec[distinct], table$vs[distinct]), fisher = simulated,
    mcnemar = c(mcnemar.test(changes)$statistic, mcnemar.test(changes)$p.value, mcnemar.test(changes, correct = FALSE)$p.value),
    fleiss = c(kappa, se, kappa / se),
    unpaired = c(unname(unpaired$statistic), unname(unpaired$parameter), unpaired$p.value)
  )
}
