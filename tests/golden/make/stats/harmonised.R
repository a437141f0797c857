# ComBat with sva.

harmonised <- function(document, folder) {
  list(cases = lapply(document$cases, function(case) {
    table <- read.csv(file.path(folder, case$data))
    features <- as.matrix(table[, texts(case$features)])
    covariates <- if (length(case$covariates)) as.matrix(table[, texts(case$covariates), drop = FALSE]) else NULL
    made <- suppressMessages(sva::ComBat(
      t(features), batch = numbers(case$centre), mod = covariates, ref.batch = if (is.null(case$reference)) NULL else case$reference
    ))
    list(expected = list(rows = t(made)[numbers(case$shown) + 1, ]))
  }))
}
