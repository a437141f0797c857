# R's own generators and tick marks.

random_numbers <- function(document, folder) {
  y <- factor(read.csv(file.path(folder, "rad80.csv"))$y_bin)
  list(cases = lapply(document$cases, function(case) {
    from <- function(draw) {
      set.seed(case$seed)
      draw()
    }
    made <- list(
      runif5 = from(function() runif(5)), rnorm5 = from(function() rnorm(5)), sample10 = from(function() sample(10)),
      sample80_replace = from(function() sample(80, replace = TRUE)), sample120_take80 = from(function() sort(sample(120, 80))),
      cvglmnet_foldid_n80_k10 = from(function() sample(rep(1:10, length = 80)))
    )
    if (requireNamespace("caret", quietly = TRUE)) {
      made$createDataPartition_p0.7 <- from(function() caret::createDataPartition(y, p = 0.7, list = FALSE)[, 1])
      made$createFolds_k5 <- from(function() caret::createFolds(y, k = 5, list = FALSE))
    }
    lapply(made, unname)
  }))
}

pretty_numbers <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) list(out = pretty(c(case$lo, case$hi), case$n))))
}
