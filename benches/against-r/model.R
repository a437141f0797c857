# Makes a table of a logistic model, or times rms and pROC on it, in user CPU seconds.
# usage: Rscript model.R make ROWS COLUMNS FILE.csv | Rscript model.R calibrate|validate|roc|delong FILE.csv
arguments <- commandArgs(trailingOnly = TRUE)
if (arguments[1] == "make") {
  n <- as.integer(arguments[2])
  p <- as.integer(arguments[3])
  set.seed(7)
  x <- matrix(rnorm(n * p), n, dimnames = list(NULL, paste0("x", seq_len(p))))
  y <- as.integer(runif(n) < plogis(x %*% (1 / (seq_len(p) + 0.5))))
  write.csv(data.frame(y, x), arguments[4], row.names = FALSE)
  quit()
}
table <- read.csv(arguments[2])
suppressPackageStartupMessages({
  library(rms)
  library(pROC)
})
if (arguments[1] %in% c("calibrate", "validate")) {
  fit <- lrm(reformulate(names(table)[-1], "y"), table, x = TRUE, y = TRUE)
  time <- system.time(do.call(arguments[1], list(fit, B = 1000)))
} else if (arguments[1] == "roc") {
  curve <- roc(table$y, table$x1, levels = c(0, 1), direction = "<")
  time <- system.time(ci.auc(curve, method = "bootstrap", boot.n = 2000, progress = "none"))
} else {
  time <- system.time({
    a <- roc(table$y, table$x1, levels = c(0, 1), direction = "<")
    b <- roc(table$y, table$x2, levels = c(0, 1), direction = "<")
    roc.test(a, b, method = "delong")
  })
}
cat(sprintf("%.4f\n", time[["user.self"]]))
