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

needed <- function(data, name) {
  if (!name %in% names(data)) stop("the table has no column ", name)
  number(data[[name]])
}

# What a term stands for in each row.
value_of <- function(term, score, data) {
  if (term$kind == "radscore") return(score)
  if (term$kind == "feature") return(scaled(needed(data, term$name), term$mean, term$sd))
  if (is.na(term$level) || term$name %in% names(data)) return(needed(data, term$name))
  if (!term$column %in% names(data)) stop("the table has no column ", term$column)
  cells <- as.character(data[[term$column]])
  cells[trimws(cells) == ""] <- NA
  found <- same(cells, term$level)
  if (!any(found, na.rm = TRUE)) {
    stop("no row has ", term$level, " in ", term$column, ", but ", paste(head(unique(cells)), collapse = ", "))
  }
  as.numeric(found)
}

# Rad-score, linear predictor and risk of each row of a data frame; NA where a value is missing.
predict_risk <- function(data) {
  score <- rep(model$score_intercept, nrow(data))
  for (feature in model$features) {
    score <- score + feature$coefficient * scaled(needed(data, feature$name), feature$mean, feature$sd)
  }
  linear_predictor <- rep(model$intercept, nrow(data))
  for (term in model$terms) linear_predictor <- linear_predictor + term$coefficient * value_of(term, score, data)
  risk <- 1 / (1 + exp(-linear_predictor))
  data.frame(radscore = score, linear_predictor = linear_predictor, risk = risk)
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
  data <- read.csv(table[1], colClasses = "character", check.names = FALSE, fileEncoding = "UTF-8-BOM")
  found <- predict_risk(data)
  exact <- function(values) ifelse(is.na(values), "", sprintf("%.17g", values))
  positive <- if (is.na(model$cutoff)) "" else ifelse(is.na(found$risk), "", tolower(found$risk >= model$cutoff))
  rows <- data.frame(
    id = if ("id" %in% names(data)) data$id else paste0("row", seq_len(nrow(data))),
    radscore = exact(found$radscore),
    linear_predictor = exact(found$linear_predictor),
    risk = exact(found$risk),
    positive = positive,
    error = ifelse(is.na(found$risk), "a value is missing or no number", ""),
    outside_training = outside(data)
  )
  write.csv(rows, stdout(), row.names = FALSE, quote = c(1, 6, 7))
} else {
  cat(model$name, ": ", length(model$examples), " made-up cases have their risks\n", sep = "")
}
