# Times glmnet on a table that run.sh made. usage: Rscript lasso.R TABLE.csv FAMILY THRESH
arguments <- commandArgs(trailingOnly = TRUE)
suppressPackageStartupMessages(library(glmnet))
table <- read.csv(arguments[1])
x <- as.matrix(table[, grep("^f[0-9]+$", names(table))])
y <- if (arguments[2] == "binomial") table$y_bin else table$y_num
thresh <- as.numeric(arguments[3])
path <- system.time(glmnet(x, y, family = arguments[2], thresh = thresh))[["elapsed"]]
cv <- system.time(cv.glmnet(x, y, family = arguments[2], type.measure = "mse", foldid = table$fold, thresh = thresh))[["elapsed"]]
cat(sprintf("%.4f %.4f\n", path, cv))
