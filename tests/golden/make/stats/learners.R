# Learners whose scores are no regression: support vector machines (e1071), nearest neighbours (class), random forests.

learnt_features <- function(case, folder) {
  table <- read.csv(file.path(folder, case$data))
  list(x = as.matrix(table[, texts(case$features)]), event = table$y_bin == 1)
}

machines <- function(case, folder) {
  cases <- learnt_features(case, folder)
  fit <- e1071::svm(
    cases$x, factor(cases$event), scale = FALSE, type = "C-classification", kernel = case$kernel, cost = case$cost,
    gamma = if (is.null(case$gamma)) 1 else case$gamma, tolerance = 1e-12, shrinking = FALSE
  )
  decision <- attr(predict(fit, cases$x, decision.values = TRUE), "decision.values")
  # libsvm calls the class of the first row positive.
  sign <- if (colnames(decision) == "TRUE/FALSE") 1 else -1
  list(expected = list(decision = sign * as.vector(decision), support_vectors = fit$tot.nSV))
}

# Platt's curve: a logistic regression of targets between 0 and 1.
curves <- function(case, folder) {
  decision <- numbers(case$decision)
  event <- numbers(case$event) == 1
  target <- ifelse(event, (sum(event) + 1) / (sum(event) + 2), 1 / (sum(!event) + 2))
  fit <- glm(target ~ decision, family = quasibinomial, control = list(epsilon = 1e-15, maxit = 100))
  list(expected = list(intercept = unname(coef(fit)[1]), slope = unname(coef(fit)[2])))
}

nearest <- function(case, folder) {
  cases <- learnt_features(case, folder)
  odd <- seq_len(nrow(cases$x)) %% 2 == 1
  found <- class::knn(cases$x[odd, ], cases$x[!odd, ], factor(cases$event[odd]), k = case$neighbours, prob = TRUE, use.all = TRUE)
  share <- attr(found, "prob")
  list(expected = list(share = ifelse(found == "TRUE", share, 1 - share)))
}

# Minimum redundancy, maximum relevance, from its definition.
relevant <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) {
    table <- read.csv(file.path(folder, case$data))
    x <- as.matrix(table[, grepl("^f[0-9]+$", names(table))])
    information <- -0.5 * log(1 - cor(cbind(x, table$y_bin))^2)
    outcome <- ncol(x) + 1
    taken <- integer()
    for (step in seq_len(case$count)) {
      left <- setdiff(seq_len(ncol(x)), taken)
      merit <- information[left, outcome] - if (step > 1) rowMeans(information[left, taken, drop = FALSE]) else 0
      taken <- c(taken, left[which.max(merit)])
    }
    list(expected = list(order0 = taken - 1))
  }))
}

# Forests are compared in distribution: mean and standard deviation over seeds.
forests <- function(case, folder) {
  cases <- learnt_features(case, folder)
  once <- sapply(seq_len(case$seeds), function(seed) {
    set.seed(seed)
    fit <- randomForest::randomForest(
      cases$x, factor(cases$event), ntree = case$trees, mtry = case$tried, nodesize = case$leaf, importance = TRUE
    )
    votes <- fit$votes[, "TRUE"]
    ranks <- rank(votes)
    events <- sum(cases$event)
    auc <- (sum(ranks[cases$event]) - events * (events + 1) / 2) / (events * sum(!cases$event))
    c(fit$err.rate[case$trees, "OOB"], auc, randomForest::importance(fit, type = 1, scale = FALSE)[, 1])
  })
  list(expected = list(
    error = c(mean(once[1, ]), sd(once[1, ])), auc = c(mean(once[2, ]), sd(once[2, ])),
    importance_mean = unname(rowMeans(once[-(1:2), ])), importance_sd = unname(apply(once[-(1:2), ], 1, sd))
  ))
}

learnt <- function(document, folder) {
  list(
    svm = lapply(document$svm, machines, folder), platt = lapply(document$platt, curves, folder),
    neighbours = lapply(document$neighbours, nearest, folder), forest = lapply(document$forest, forests, folder)
  )
}
