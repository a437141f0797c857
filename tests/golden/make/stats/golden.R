# Reading, refilling, comparing and writing the expected values of statistics.
#
# Each file of expected values says what was called: table, columns, formula, options. A family's function takes such a
# document and returns the same names with R's numbers of today; refill() puts them in the places of the old ones and counts
# how far the two are apart. What a function does not return stays as it is and is counted as not made again.

suppressMessages(library(jsonlite))
options(digits = 17, warn = 1)

read_document <- function(path) fromJSON(path, simplifyVector = FALSE)

# A vector of numbers from a leaf of a document; "Inf", "-Inf" and "NaN" are words there, NA is null.
numbers <- function(leaf) {
  as.numeric(vapply(flat(leaf), function(one) if (is.null(one)) NA_character_ else if (is.numeric(one)) sprintf("%.17g", one) else as.character(one), ""))
}

texts <- function(leaf) vapply(flat(leaf), as.character, "")

flat <- function(leaf) {
  if (!is.list(leaf)) return(as.list(leaf))
  do.call(c, lapply(unname(leaf), function(one) if (is.list(one)) flat(one) else list(one)))
}

# A matrix, which a document holds as a list of rows.
rows <- function(leaf) do.call(rbind, lapply(leaf, numbers))

named <- function(x) is.list(x) && !is.null(names(x))

# A copy of `old` with the values of `new`, and the tally of their differences in `count`.
refill <- function(old, new, count, place = "") {
  if (is.null(new)) return(old)
  if (named(new)) {
    for (name in names(new)) {
      # What was not recorded is not added.
      if (!(name %in% names(old))) next
      if (is.null(new[[name]])) next
      old[[name]] <- refill(old[[name]], new[[name]], count, paste0(place, "/", name))
    }
    return(old)
  }
  if (is.list(new)) {
    if (length(old) != length(new)) {
      tally(count, place, NA, NA, "lengths differ")
      return(old)
    }
    for (k in seq_along(new)) if (!is.null(new[[k]])) old[[k]] <- refill(old[[k]], new[[k]], count, paste0(place, "/", k))
    return(old)
  }
  flat_new <- if (is.matrix(new)) as.vector(t(new)) else as.vector(new)
  flat_old <- if (is.null(old)) list(NULL) else flat(old)
  if (is.null(old)) old <- flat_old
  if (length(flat_old) != length(flat_new)) {
    tally(count, place, NA, NA, sprintf("%d values, not %d", length(flat_new), length(flat_old)))
    return(old)
  }
  if (length(flat_new) == 0) return(old)
  if (is.numeric(flat_new) || is.logical(flat_new)) {
    before <- if (is.logical(flat_new)) as.numeric(unlist(flat_old)) else numbers(old)
    for (k in seq_along(flat_new)) tally(count, place, before[k], as.numeric(flat_new[k]))
  } else {
    before <- texts(old)
    for (k in seq_along(flat_new)) tally(count, place, 0, if (identical(before[k], as.character(flat_new[k]))) 0 else 1)
  }
  if (is.list(old)) reshape_as(old, as.list(flat_new)) else flat_new
}

# The values of `new`, in order, in the nested lists of `old`.
reshape_as <- function(old, new) {
  at <- 0
  fill <- function(part) {
    if (is.list(part)) return(lapply(part, fill))
    at <<- at + 1
    new[[at]]
  }
  fill(old)
}

new_count <- function() {
  count <- new.env()
  count$values <- 0; count$equal <- 0; count$worst <- 0; count$far <- list()
  count
}

# Counts a value. Far is what is further than one part in 10^7, and than 10^-12 absolutely.
tally <- function(count, place, before, after, words = NULL) {
  if (!is.null(words)) {
    count$far[[place]] <- words
    return(invisible())
  }
  count$values <- count$values + 1
  if (identical(before, after) || (is.na(before) && is.na(after)) || isTRUE(before == after)) {
    count$equal <- count$equal + 1
    return(invisible())
  }
  difference <- abs(before - after) / max(abs(before), abs(after))
  if (isTRUE(abs(before - after) <= 1e-12)) return(invisible())
  if (is.na(difference)) difference <- Inf
  if (difference > count$worst) {
    count$worst <- difference
    count$where <- place
  }
  if (difference > 1e-7) count$far[[place]] <- sprintf("%.17g is now %.17g", before, after)
}

# JSON with 17 digits, as the goldens have it.
json <- function(x) {
  if (is.null(x)) return("null")
  if (is.list(x)) {
    parts <- vapply(x, json, "")
    if (named(x)) return(paste0("{", paste0(vapply(names(x), quoted, ""), ":", parts, collapse = ","), "}"))
    return(paste0("[", paste0(parts, collapse = ","), "]"))
  }
  if (length(x) != 1) return(paste0("[", paste0(vapply(x, json, ""), collapse = ","), "]"))
  if (is.logical(x)) return(if (is.na(x)) "null" else if (x) "true" else "false")
  if (is.numeric(x)) {
    if (is.nan(x)) return("\"NaN\"")
    if (is.na(x)) return("null")
    if (is.infinite(x)) return(if (x > 0) "\"Inf\"" else "\"-Inf\"")
    return(sprintf("%.17g", x))
  }
  quoted(x)
}

quoted <- function(text) as.character(toJSON(text, auto_unbox = TRUE))
