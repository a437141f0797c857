# radscore from R: the binary does the work, data frames come back.

# The binary: option radscore.binary, RADSCORE of the environment, or the one on the path.
radscore_binary <- function() {
  named <- getOption("radscore.binary", Sys.getenv("RADSCORE", Sys.which("radscore")))
  if (!nzchar(named)) {
    stop("the binary radscore is not installed here; set options(radscore.binary = PATH)", call. = FALSE)
  }
  named
}

run <- function(arguments, codes = 0L) {
  said <- tempfile()
  on.exit(unlink(said))
  code <- system2(radscore_binary(), shQuote(arguments), stdout = FALSE, stderr = said)
  if (!code %in% codes) {
    stop(paste(readLines(said, warn = FALSE), collapse = "\n"), call. = FALSE)
  }
  invisible(code)
}

# Features of an image and a mask, or of a table of cases (a file, or a data frame with the columns Image and Mask): a row a
# case. `settings` is a named list, as list(binWidth = 10). A case that failed has its reason in the column error.
extract <- function(image, mask = NULL, params = NULL, settings = list(), label = NULL) {
  folder <- tempfile("radscore")
  dir.create(folder)
  on.exit(unlink(folder, recursive = TRUE))
  if (is.data.frame(image)) {
    table <- file.path(folder, "cases.csv")
    for (column in intersect(c("Image", "Mask"), names(image))) {
      image[[column]] <- normalizePath(image[[column]], mustWork = FALSE)
    }
    utils::write.csv(image, table, row.names = FALSE, na = "")
    image <- table
  }
  out <- file.path(folder, "features.csv")
  arguments <- c("extract", image, mask, "--out", out, "--format", "csv", "--quiet")
  if (!is.null(params)) arguments <- c(arguments, "--param", params)
  if (!is.null(label)) arguments <- c(arguments, "--label", label)
  for (name in names(settings)) {
    value <- settings[[name]]
    if (is.logical(value)) value <- tolower(as.character(value))
    arguments <- c(arguments, "--setting", paste0(name, ":", paste(value, collapse = ",")))
  }
  run(arguments, codes = c(0L, 1L))
  utils::read.csv(out, check.names = FALSE, na.strings = c("", "nan"))
}

# Runs what is missing or stale of a study, and gives its tables: a list of data frames, named by their place in the results.
study <- function(file, out = file.path(dirname(file), "results")) {
  run(c("run", file, "--out", out, "--quiet"), codes = c(0L, 1L))
  tables <- list.files(out, "\\.csv$", recursive = TRUE)
  stats::setNames(
    lapply(file.path(out, tables), utils::read.csv, check.names = FALSE),
    sub("\\.csv$", "", tables)
  )
}
