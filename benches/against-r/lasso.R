# Times glmnet on a table of table.R, in user CPU seconds. usage: Rscript lasso.R TABLE.csv FAMILY path|cv
arguments <- commandArgs(trailingOnly = TRUE)
suppressPackageStartupMessages(library(glmnet))
header <- names(read.csv(arguments[1], nrows = 1))
table <- matrix(scan(arguments[1], sep = ",", skip = 1, quiet = TRUE), ncol = length(header), byrow = TRUE)
colnames(table) <- header
x <- table[, grep("^f[0-9]+$", header)]
y <- if (arguments[2] == "binomial") table[, "y_bin"] else table[, "y_num"]
time <- system.time(if (arguments[3] == "path") {
  glmnet(x, y, family = arguments[2])
} else {
  cv.glmnet(x, y, family = arguments[2], type.measure = "mse", foldid = table[, "fold"])
})
cat(sprintf("%.4f\n", time[["user.self"]]))
