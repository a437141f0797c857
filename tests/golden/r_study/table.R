# Makes table.csv: 110 cases of 70 patients, 24 correlated features, clinical columns with gaps, an outcome that three
# features and one clinical column carry. usage: Rscript table.R
set.seed(20)
cases_of <- sample(1:2, 70, TRUE, c(0.43, 0.57))
cases_of <- cases_of[cumsum(cases_of) <= 110]
patient <- sprintf("P%02d", rep(seq_along(cases_of), cases_of))
n <- length(patient)
factors <- matrix(rnorm(n * 6), n)
x <- 0.8 * factors[, rep(1:6, 4)] + 0.6 * matrix(rnorm(n * 24), n)
x <- sweep(sweep(x, 2, 10^(seq_len(24) %% 4 - 1), "*"), 2, seq_len(24), "+")
colnames(x) <- sprintf("feature_%02d", 1:24)
age <- rep(round(rnorm(length(cases_of), 62, 9)), cases_of)
smoking <- rep(rbinom(length(cases_of), 1, 0.4), cases_of)
stage <- rep(sample(c("early", "late", "middle"), length(cases_of), TRUE), cases_of)
signal <- 0.9 * factors[, 1] - 0.8 * factors[, 2] + 0.6 * factors[, 5] + 0.9 * (smoking - 0.4)
outcome <- as.integer(signal + rlogis(n) > 0)
age[c(7, 8, 61)] <- NA
smoking[c(40, 93)] <- NA
table <- data.frame(id = sprintf("case-%03d", seq_len(n)), patient, outcome, age, smoking, stage, signif(x, 10))
write.csv(table, "table.csv", row.names = FALSE, na = "", quote = FALSE)
