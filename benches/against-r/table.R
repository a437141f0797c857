# Makes a table of correlated columns. usage: Rscript table.R ROWS COLUMNS FILE.csv
arguments <- commandArgs(trailingOnly = TRUE)
n <- as.integer(arguments[1]); p <- as.integer(arguments[2])
set.seed(1)
blocks <- max(3, p %/% 9)
factors <- matrix(rnorm(n * blocks), n)
x <- 0.85 * factors[, (seq_len(p) - 1) %% blocks + 1] + 0.5 * matrix(rnorm(n * p), n)
signal <- 0.6 * (x[, 1] - x[, p %/% 2] + x[, p])
colnames(x) <- sprintf("f%04d", seq_len(p))
table <- data.frame(y_bin = as.integer(signal + rlogis(n) > 0), y_num = signal + rnorm(n),
                    fold = sample(rep(1:10, length.out = n)), x)
write.csv(table, arguments[3], row.names = FALSE)
