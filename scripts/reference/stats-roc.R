# Reference values for ROC analysis: pROC.
# Usage: Rscript scripts/reference/stats-roc.R > test/fixtures/stats/roc.json
suppressMessages(library(pROC))
number <- function(x) format(as.numeric(x), digits = 17, scientific = TRUE)
list_of <- function(x) paste0("[", paste(vapply(x, number, ""), collapse = ","), "]")
set.seed(20240607)
cases <- list()
for (design in list(c(12, 9, 2), c(40, 25, 1), c(30, 79, 6), c(5, 60, 3), c(200, 200, 2))) {
  labels <- rep(c(1, 0), design[1:2])
  shared <- rnorm(length(labels))
  # Rounding makes ties: the fewer steps, the more of them.
  first <- round((labels + rnorm(length(labels)) + shared) * design[3]) / design[3]
  second <- round((0.6 * labels + rnorm(length(labels)) + shared) * design[3]) / design[3]
  a <- roc(labels, first, direction = "<", quiet = TRUE)
  b <- roc(labels, second, direction = "<", quiet = TRUE)
  half <- seq_along(labels) %% 2 == 0
  u <- roc(labels[half], first[half], direction = "<", quiet = TRUE)
  v <- roc(labels[!half], second[!half], direction = "<", quiet = TRUE)
  paired <- roc.test(a, b, method = "delong", paired = TRUE)
  unpaired <- suppressWarnings(roc.test(u, v, method = "delong", paired = FALSE))
  points <- coords(a, "all", ret = c("threshold", "tpr", "fpr"), transpose = FALSE)
  cases[[length(cases) + 1]] <- paste0(
    '{"labels":', list_of(labels), ',"first":', list_of(first), ',"second":', list_of(second),
    ',"auc":', list_of(c(auc(a), auc(b))), ',"variance":', list_of(c(var(a), var(b))), ',"covariance":', number(cov(a, b)),
    ',"ci":', list_of(ci.auc(a)), ',"ci99":', list_of(ci.auc(b, conf.level = 0.99)),
    ',"paired":', list_of(c(paired$statistic, paired$p.value)),
    ',"unpaired":', list_of(c(unpaired$statistic, unpaired$parameter, unpaired$p.value)),
    ',"tpr":', list_of(rev(points$tpr)), ',"fpr":', list_of(rev(points$fpr)), "}")
}
cat('{"reference":"pROC ', as.character(packageVersion("pROC")), ", ", R.version.string, '","cases":[\n', paste(cases, collapse = ",\n"), "\n]}\n", sep = "")
