# glmnet's Cox family: paths and cross-validation. Times and events stand in the document; the features in its table.

cox_paths <- function(document, folder) {
  table <- read.csv(file.path(folder, document$data))
  x <- features_of(table)
  y <- survival::Surv(numbers(document$time), numbers(document$event))
  cases <- lapply(document$cases, function(case) {
    fit <- glmnet(x, y, family = "cox", alpha = case$alpha, standardize = case$standardize, lambda.min.ratio = case$ratio, thresh = 1e-20, maxit = 1e9)
    at <- round(seq(1, length(fit$lambda), length.out = 8))
    list(length = length(fit$lambda), nulldev = fit$nulldev, index0 = at - 1, lambda = fit$lambda[at], df = fit$df[at], dev_ratio = fit$dev.ratio[at],
         beta = lapply(at, function(k) unname(fit$beta[fit$beta[, k] != 0, k])))
  })
  validated <- lapply(document$validated, function(case) {
    fit <- cv.glmnet(x, y, family = "cox", foldid = table[[case$folds]], type.measure = case$measure, grouped = case$grouped, lambda.min.ratio = case$ratio, thresh = 1e-20, maxit = 1e9)
    at <- round(seq(1, length(fit$lambda), length.out = 8))
    list(length = length(fit$lambda), index0 = at - 1, cvm = fit$cvm[at], cvsd = fit$cvsd[at], lambda_min = fit$lambda.min, lambda_1se = fit$lambda.1se)
  })
  list(cases = cases, validated = validated)
}

# What is asked for: the document before it has values. Times have ties and go with the numeric outcome.
cox_path_questions <- function(folder) {
  table <- read.csv(file.path(folder, "n200p20.csv"))
  list(
    data = "n200p20.csv", time = 1 + round(20 * exp(-as.vector(scale(table$y_num)))), event = as.numeric(seq_len(nrow(table)) %% 4 != 0),
    cases = list(
      list(alpha = 1, standardize = TRUE, ratio = 0.001), list(alpha = 0.5, standardize = TRUE, ratio = 0.001), list(alpha = 1, standardize = FALSE, ratio = 0.001)
    ),
    validated = list(
      list(folds = "fold5", measure = "deviance", grouped = TRUE, ratio = 0.001), list(folds = "fold5", measure = "deviance", grouped = FALSE, ratio = 0.001),
      list(folds = "fold5", measure = "C", grouped = TRUE, ratio = 0.001)
    )
  )
}
