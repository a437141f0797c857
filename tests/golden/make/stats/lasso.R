# glmnet: paths, predictions, cross-validation.

suppressMessages(library(glmnet))

features_of <- function(table) as.matrix(table[, grepl("^f[0-9]+$", names(table))])

# The options of a case; a column is named in words.
options_of <- function(args, table) {
  options <- list()
  for (name in names(args)) {
    value <- args[[name]]
    options[[name]] <- if (name == "weights") table$w else if (is.list(value)) numbers(value) else value
  }
  options
}

sparse <- function(beta) {
  beta <- as.matrix(beta)
  list(
    beta_index0 = lapply(seq_len(ncol(beta)), function(k) unname(which(beta[, k] != 0)) - 1),
    beta_value = lapply(seq_len(ncol(beta)), function(k) unname(beta[beta[, k] != 0, k]))
  )
}

coefficients_at <- function(fit, s) {
  all <- as.matrix(coef(fit, s = s))[, 1]
  list(intercept = unname(all[1]), index0 = unname(which(all[-1] != 0)) - 1, value = unname(all[-1][all[-1] != 0]))
}

lasso_paths <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) {
    table <- read.csv(file.path(folder, case$data))
    fit <- suppressWarnings(do.call(glmnet, c(
      list(features_of(table), table[[case$y]], family = case$family), options_of(case$args, table)
    )))
    list(expected = c(list(
      lambda = fit$lambda, a0 = unname(fit$a0), df = fit$df, dev_ratio = fit$dev.ratio, nulldev = fit$nulldev,
      npasses = fit$npasses, jerr = fit$jerr
    ), sparse(fit$beta)))
  }))
}

lasso_predictions <- function(document, folder) {
  sapply(names(document), function(family) {
    case <- document[[family]]
    table <- read.csv(file.path(folder, case$data))
    x <- features_of(table)
    y <- table[[if (family == "gaussian") "y_num" else "y_bin"]]
    # By value: an exact prediction fits again and must find what it was called with.
    fit <- do.call(glmnet, list(x = x, y = y, family = family, thresh = case$thresh, maxit = 1e9))
    some <- x[numbers(case$rows0) + 1, ]
    s <- numbers(case$s)
    exact <- numbers(case$s_exact)
    list(
      link_interpolated = predict(fit, some, s = s, type = "link"),
      response_interpolated = predict(fit, some, s = s, type = "response"),
      link_exact = predict(fit, some, s = exact, type = "link", exact = TRUE, x = x, y = y),
      coef_interpolated_s2 = coefficients_at(fit, s[2])
    )
  }, simplify = FALSE)
}

lasso_validated <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) {
    table <- read.csv(file.path(folder, case$data))
    fit <- suppressWarnings(do.call(cv.glmnet, c(
      list(features_of(table), table[[case$y]], family = case$family, foldid = table[[case$foldid]], type.measure = case$type_measure),
      options_of(case$args, table)
    )))
    list(expected = list(
      measure_name = unname(fit$name), lambda = fit$lambda, cvm = unname(fit$cvm), cvsd = unname(fit$cvsd), nzero = unname(fit$nzero),
      lambda_min = fit$lambda.min, lambda_1se = fit$lambda.1se,
      index0_min = match(fit$lambda.min, fit$lambda) - 1, index0_1se = match(fit$lambda.1se, fit$lambda) - 1,
      coef_min = coefficients_at(fit, "lambda.min"), coef_1se = coefficients_at(fit, "lambda.1se")
    ))
  }))
}
