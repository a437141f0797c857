# The number of each cell; NA where there is none.
number <- function(cells) {
  found <- suppressWarnings(as.numeric(cells))
  found[!is.finite(found)] <- NA
  found
}

# A feature standardised by the training rows; one that was constant there only loses its mean.
scaled <- function(value, mean, sd) if (sd > 0) (value - mean) / sd else value - mean

# Whether cells mean the word that a term counts.
same <- function(cells, level) {
  left <- number(cells)
  right <- number(level)
  words <- tolower(trimws(cells)) == tolower(trimws(level))
  ifelse(!is.na(left) & !is.na(right), left == right, words)
}

# Rad-score, linear predictor and risk of each row of a data frame; where a value is missing they are NA, and the error says
# which.
predict_risk <- function(data) {
  error <- rep("", nrow(data))
  say <- function(rows, words) {
    rows <- rows & error == ""
    error[rows] <<- if (length(words) == 1) words else words[rows]
  }
  cells_of <- function(name) if (name %in% names(data)) as.character(data[[name]]) else rep(NA_character_, nrow(data))
  needed <- function(name) {
    cells <- cells_of(name)
    value <- number(cells)
    there <- if (name %in% names(data)) cells else rep("not given", nrow(data))
    say(is.na(value), paste0(name, ": '", there, "' is no finite number"))
    value
  }
  # What a term stands for in each row.
  value_of <- function(term, score) {
    if (term$kind == "radscore") return(score)
    if (term$kind == "feature") return(scaled(needed(term$name), term$mean, term$sd))
    if (is.na(term$level)) return(needed(term$name))
    own <- number(cells_of(term$name))
    cells <- cells_of(term$column)
    cells[is.na(cells)] <- ""
    not_given <- is.na(own) & trimws(cells) == ""
    say(not_given, paste(term$column, "is not given"))
    ifelse(is.na(own), ifelse(not_given, NA, as.numeric(same(cells, term$level))), own)
  }
  score <- rep(model$score_intercept, nrow(data))
  for (feature in model$features) {
    score <- score + feature$coefficient * scaled(needed(feature$name), feature$mean, feature$sd)
  }
  linear_predictor <- rep(model$intercept, nrow(data))
  for (term in model$terms) linear_predictor <- linear_predictor + term$coefficient * value_of(term, score)
  score[error != ""] <- NA
  linear_predictor[error != ""] <- NA
  risk <- 1 / (1 + exp(-linear_predictor))
  data.frame(radscore = score, linear_predictor = linear_predictor, risk = risk, error = error)
}

# A word that the model counts and no row has: the table may write it in another way.
unknown_words <- function(data) {
  for (term in model$terms) {
    if (term$kind != "clinical" || is.na(term$level) || term$name %in% names(data)) next
    words <- if (term$column %in% names(data)) sort(unique(data[[term$column]])) else ""
    if (!any(same(words, term$level))) {
      message("no row has '", term$level, "' in '", term$column, "', but ", paste(head(words, 6), collapse = ", "))
      quit(status = 1)
    }
  }
}

# The values that no training row reaches, a text a row.
outside <- function(data) {
  found <- rep("", nrow(data))
  for (known in model$ranges) {
    if (!known$name %in% names(data)) next
    value <- number(data[[known$name]])
    slack <- 1e-6 * abs(known$upper - known$lower)
    beyond <- !is.na(value) & (value < known$lower - slack | value > known$upper + slack)
    words <- sprintf("%s %g (%g to %g)", known$name, value, known$lower, known$upper)
    found[beyond] <- paste0(found[beyond], ifelse(found[beyond] == "", "", "; "), words[beyond])
  }
  found
}

# Whether the made-up cases of the model's file have the risks that it says.
for (example in model$examples) {
  risk <- predict_risk(as.data.frame(example$values, check.names = FALSE))$risk
  if (is.na(risk) || abs(risk - example$risk) > 1e-12) {
    stop(example$name, ": the risk is ", risk, ", but the model's file says ", example$risk)
  }
}

table <- commandArgs(trailingOnly = TRUE)
if (length(table) > 0) {
  data <- read.csv(
    table[1], colClasses = "character", check.names = FALSE, fileEncoding = "UTF-8-BOM", na.strings = character()
  )
  unknown_words(data)
  found <- predict_risk(data)
  exact <- function(values) ifelse(is.na(values), "", sprintf("%.17g", values))
  positive <- if (is.na(model$cutoff)) "" else ifelse(is.na(found$risk), "", tolower(found$risk >= model$cutoff))
  rows <- data.frame(
    id = if ("id" %in% names(data)) data$id else paste0("row", seq_len(nrow(data))),
    radscore = exact(found$radscore),
    linear_predictor = exact(found$linear_predictor),
    risk = exact(found$risk),
    positive = positive,
    error = found$error,
    outside_training = ifelse(found$error == "", outside(data), "")
  )
  # A cell is quoted where it has to be.
  quoted <- function(cells) ifelse(grepl("[\",\n]", cells), paste0("\"", gsub("\"", "\"\"", cells), "\""), cells)
  lines <- do.call(paste, c(lapply(rows, quoted), sep = ","))
  # Whoever reads may have seen enough, as head.
  try(writeLines(c(paste(names(rows), collapse = ","), lines)), silent = TRUE)
  quit(status = if (any(found$error != "")) 1 else 0)
} else {
  cat(model$name, ": ", length(model$examples), " made-up cases have their risks\n", sep = "")
}
