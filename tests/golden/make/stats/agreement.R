# Agreement of readers with psych, and with irr where it can be had.

agreed <- function(document, folder) {
  suppressMessages(library(psych))
  with_irr <- requireNamespace("irr", quietly = TRUE)
  icc <- sapply(document$icc, function(case) {
    ratings <- rows(case$ratings)
    found <- suppressMessages(suppressWarnings(psych::ICC(ratings, lmer = FALSE)))$results
    made <- list(psych = sapply(names(case$psych), function(type) {
      row <- found[found$type == type, ]
      list(icc = row$ICC, F = row$F, df1 = row$df1, df2 = row$df2, p = row$p, lower = row$`lower bound`, upper = row$`upper bound`)
    }, simplify = FALSE))
    if (with_irr) {
      made$irr <- sapply(names(case$irr), function(name) {
        words <- strsplit(name, "_")[[1]]
        one <- irr::icc(ratings, words[1], words[2], words[3])
        list(icc = one$value, F = one$Fvalue, df1 = one$df1, df2 = one$df2, p = one$p.value)
      }, simplify = FALSE)
    }
    made
  }, simplify = FALSE)
  kappa <- sapply(document$kappa, function(case) {
    found <- suppressWarnings(psych::cohen.kappa(cbind(numbers(case$a), numbers(case$b))))
    list(kappa = found$kappa, weighted_quadratic = found$weighted.kappa, psych_ci = unname(found$confid))
  }, simplify = FALSE)
  a <- numbers(document$dice$mask_a) > 0
  b <- numbers(document$dice$mask_b) > 0
  both <- sum(a & b)
  list(icc = icc, kappa = kappa, dice = list(dice = 2 * both / (sum(a) + sum(b)), jaccard = both / sum(a | b)))
}
