# Factors with a reference, interactions and restricted cubic splines in every command that fits a model: glm and rms.

# A made-up cohort: stage has four levels, sex two, and age a bent effect.
terms_table <- function(folder) {
  set.seed(20261128)
  n <- 300
  age <- round(rnorm(n, 60, 11))
  sex <- sample(c("female", "male"), n, replace = TRUE)
  stage <- sample(c("I", "II", "III", "IV"), n, replace = TRUE, prob = c(0.2, 0.3, 0.3, 0.2))
  marker <- signif(rnorm(n), 6)
  grade <- sample(1:3, n, replace = TRUE)
  lp <- -0.6 + 0.7 * marker + c(I = -0.8, II = 0, III = 0.4, IV = 0.9)[stage] + 0.002 * (age - 60)^2 * (age > 60) +
    ifelse(sex == "male", 0.5 - 0.4 * marker, 0) + 0.2 * (grade == 3)
  write.csv(data.frame(y = rbinom(n, 1, plogis(lp)), age, sex, stage, marker, grade, fold = sample(rep(1:5, length.out = n))),
            file.path(folder, "stages.csv"), row.names = FALSE, quote = FALSE)
}

with_terms <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) {
    table <- read.csv(file.path(folder, document$data))
    table$stage <- relevel(factor(table$stage), case$reference)
    table$grade <- factor(table$grade)
    formula <- as.formula(case$formula)
    exact <- list(epsilon = 1e-15, maxit = 100)
    maximum <- function(rows) suppressWarnings(glm(formula, binomial, table[rows, ], control = exact))
    all <- seq_len(nrow(table))
    fit <- maximum(all)
    at <- function(fit, rows) unname(predict(fit, table[rows, ], type = "response"))
    predicted <- at(fit, all)
    # rms fits the columns of the whole table again in each resample, so that knots stay where they are.
    x <- model.matrix(fit)[, -1, drop = FALSE]
    refit <- function(rows) suppressWarnings(glm.fit(cbind(1, x[rows, ]), table$y[rows], family = binomial(), control = exact))
    risks <- function(fit, rows) as.vector(plogis(cbind(1, x[rows, ]) %*% fit$coefficients))
    sorted <- sort(predicted)
    grid <- seq(sorted[5], sorted[length(sorted) - 4], length = 50)
    curve <- function(p, y) approx(lowess(p, y, iter = 0), xout = grid, ties = function(x) x[1])$y
    set.seed(case$r_seed)
    drawn <- replicate(case$B, sample(nrow(table), replace = TRUE), simplify = FALSE)
    optimism <- sapply(drawn, function(rows) {
      again <- refit(rows)
      curve(risks(again, rows), table$y[rows]) - curve(risks(again, all), table$y)
    })
    apparent <- curve(predicted, table$y)
    model <- fit_lrm(case$formula, table)
    set.seed(case$r_seed)
    indices <- unclass(rms::validate(model, B = case$B))
    thresholds <- numbers(document$thresholds)
    rates <- sapply(1:5, function(fold) {
      out <- which(table$fold == fold)
      again <- refit(setdiff(all, out))
      risk <- risks(again, out); y <- table$y[out]
      sapply(thresholds, function(t) c(mean(risk[y == 1] > t), mean(risk[y == 0] > t)))
    }, simplify = "array")
    rate <- apply(rates, 1:2, mean)
    made <- list(
      coef = unname(coef(fit)), deviance = deviance(fit), predicted = predicted,
      calibrate = list(predy = grid, apparent = apparent, corrected = apparent - rowMeans(optimism, na.rm = TRUE)),
      validate = list(rows = rownames(indices), original = unname(indices[, "index.orig"]), corrected = unname(indices[, "index.corrected"])),
      decide = rate[1, ] * mean(table$y) - thresholds / (1 - thresholds) * rate[2, ] * (1 - mean(table$y))
    )
    if (!is.null(case$axes)) {
      found <- nomogram(model, fun = plogis, lp = TRUE)
      made$axes <- sapply(texts(case$axes), function(name) {
        axis <- found[[name]]
        list(values = as.character(axis[[1]]), points = unname(axis$points))
      }, simplify = FALSE)
    }
    made
  }))
}
