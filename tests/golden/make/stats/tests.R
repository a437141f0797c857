# Tests of two samples and of counts, normality, screening of features.

described_test <- function(test, expected) {
  made <- list(
    statistic = unname(test$statistic), parameter = unname(test$parameter), p_value = test$p.value,
    conf_int = as.numeric(test$conf.int), estimate = unname(test$estimate)
  )
  made <- made[intersect(names(made), names(expected))]
  made[lengths(made) > 0]
}

rank_sum <- function(a, b, expected) {
  ties <- anyDuplicated(c(a, b)) > 0
  quietly <- suppressWarnings
  plain <- quietly(wilcox.test(a, b, exact = FALSE, correct = FALSE))
  made <- list(
    W_first_group = unname(plain$statistic), U_spss_min = min(plain$statistic, length(a) * length(b) - plain$statistic),
    p_no_correction = plain$p.value, p_correction = quietly(wilcox.test(a, b, exact = FALSE))$p.value,
    p_r_default = quietly(wilcox.test(a, b))$p.value,
    p_exact_if_no_ties = if (ties) NULL else wilcox.test(a, b, exact = TRUE)$p.value
  )
  made
}

compared_samples <- function(document, folder) {
  table <- read.csv(file.path(folder, document$data))
  sapply(c("radscore", "ki", "age"), function(name) {
    a <- table[[name]][table$y == 0]
    b <- table[[name]][table$y == 1]
    old <- document[[name]]
    list(
      student = described_test(t.test(a, b, var.equal = TRUE), old$student),
      welch = described_test(t.test(a, b), old$welch),
      mwu = rank_sum(a, b, old$mwu),
      shapiro0 = described_test(shapiro.test(a), old$shapiro0),
      shapiro1 = described_test(shapiro.test(b), old$shapiro1),
      f_test = described_test(var.test(a, b), old$f_test),
      ks = described_test(suppressWarnings(ks.test(a, b)), old$ks)
    )
  }, simplify = FALSE)
}

compared_counts <- function(document, folder) {
  described <- function(case) {
    table <- matrix(numbers(case$table_by_column), nrow = case$nrow)
    plain <- suppressWarnings(chisq.test(table, correct = FALSE))
    expected <- plain$expected
    g2 <- 2 * sum(ifelse(table > 0, table * log(table / expected), 0))
    made <- list(
      pearson = list(x2 = unname(plain$statistic), df = unname(plain$parameter), p = plain$p.value),
      min_expected = min(expected), lr = list(g2 = g2, p = pchisq(g2, plain$parameter, lower.tail = FALSE))
    )
    if (!is.null(case$fisher)) {
      exact <- fisher.test(table, workspace = 2e7)
      made$fisher <- list(p = exact$p.value)
      if (!is.null(case$fisher$or_cmle)) {
        made$fisher$or_cmle <- unname(exact$estimate)
        made$fisher$ci <- as.numeric(exact$conf.int)
      }
    }
    if (!is.null(case$yates)) {
      yates <- suppressWarnings(chisq.test(table))
      made$yates <- list(x2 = unname(yates$statistic), p = yates$p.value)
    }
    made
  }
  list(paper = lapply(document$paper, described), more = lapply(document$more, described))
}

normality <- function(document, folder) {
  suppressMessages(library(nortest))
  table <- read.csv(file.path(folder, document$data))
  list(cases = sapply(names(document$cases), function(name) {
    x <- table[[name]]
    lillie <- lillie.test(x)
    anderson <- ad.test(x)
    list(D = unname(lillie$statistic), p = lillie$p.value, ad = list(A = unname(anderson$statistic), p = anderson$p.value))
  }, simplify = FALSE))
}

screened <- function(document, folder) {
  table <- read.csv(file.path(folder, document$data))
  x <- features_of(table)
  y <- table$y_bin
  rank_p <- apply(x, 2, function(one) suppressWarnings(wilcox.test(one[y == 0], one[y == 1], exact = FALSE, correct = FALSE))$p.value)
  made <- list(
    wilcoxon_p_nocorrect = unname(rank_p),
    welch_p = unname(apply(x, 2, function(one) t.test(one[y == 0], one[y == 1])$p.value)),
    wilcoxon_bh = unname(p.adjust(rank_p, "BH")), variance = unname(apply(x, 2, var)), zscore_first3rows = unname(scale(x)[1:3, ])
  )
  if (requireNamespace("caret", quietly = TRUE)) {
    removed <- function(method, cutoff, exact) {
      sort(caret::findCorrelation(cor(x, method = method), cutoff = cutoff, exact = exact)) - 1
    }
    made$caret_findCorrelation_removed0 <- list(
      pearson_0.9_exact = removed("pearson", 0.9, TRUE), pearson_0.9_notexact = removed("pearson", 0.9, FALSE)
    )
  }
  made
}
