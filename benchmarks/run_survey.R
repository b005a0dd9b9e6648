# The same job in R's survey: Rscript run_survey.R FOLDER {rake|calibrate} N_ITEMS; prints JSON.
# FOLDER holds columns as raw integers (codes from 1, NA missing) or doubles, and totals.csv.
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]; way <- arguments[2]; n_items <- as.integer(arguments[3])
column <- function(name, what, n) readBin(file.path(folder, name), what, n)
n <- file.size(file.path(folder, "weight")) / 8
totals <- read.csv(file.path(folder, "totals.csv"), colClasses = c("character", "integer", "numeric"))
margins <- unique(totals$margin)
items <- sprintf("q%02d", seq_len(n_items))
frame <- data.frame(weight = column("weight", "double", n))
for (name in c("stratum", "psu", items)) frame[[name]] <- column(name, "integer", n)
for (name in margins) frame[[name]] <- factor(column(name, "integer", n))

phases <- list()
timed <- function(name, work) {
  spent <- system.time(result <- work())
  phases[[name]] <<- c(spent[["elapsed"]], spent[["user.self"]] + spent[["sys.self"]])
  result
}
one_margin <- function(name) {
  own <- totals[totals$margin == name, ]
  setNames(data.frame(factor(own$level), own$total), c(name, "Freq"))
}
weight_it <- function() {
  drawn <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = frame)
  formulas <- lapply(margins, function(name) reformulate(name))
  targets <- lapply(margins, one_margin)
  if (way == "rake") return(rake(drawn, formulas, targets, control = list(maxit = 500, epsilon = 1e-10)))
  population <- c(`(Intercept)` = sum(targets[[1]]$Freq))
  for (k in seq_along(margins)) {
    rest <- targets[[k]]$Freq[-1]
    population <- c(population, setNames(rest, paste0(margins[k], targets[[k]][[1]][-1])))
  }
  calibrate(drawn, reformulate(margins), population, calfun = "raking", epsilon = 1e-9, maxit = 500)
}
weighted <- timed("rake", weight_it)
means <- timed("means", function() lapply(items, function(i) svymean(reformulate(i), weighted, na.rm = TRUE)))
groups <- timed("districts", function() lapply(items, function(i)
  svyby(reformulate(i), ~district, weighted, svymean, na.rm = TRUE)))

pair <- function(estimate, error) sprintf("[%.17g, %.17g]", estimate, error)
many <- function(parts) paste0("[", paste(parts, collapse = ", "), "]")
timings <- vapply(names(phases), function(k) sprintf("\"%s\": %s", k, pair(phases[[k]][1], phases[[k]][2])), "")
cat(sprintf(
  '{"version": "%s", "phases": {%s}, "n_items": {"means": %d, "districts": %d}, "overall": %s, "districts": %s}\n',
  packageVersion("survey"), paste(timings, collapse = ", "), n_items, n_items,
  many(vapply(means, function(m) pair(coef(m), SE(m)), "")),
  many(vapply(groups, function(g) many(pair(coef(g), SE(g))), ""))
))
