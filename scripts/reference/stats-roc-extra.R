# Reference values for partial areas, points of the curve, several classes and power: pROC.
# Usage: Rscript scripts/reference/stats-roc-extra.R > test/fixtures/stats/roc-extra.json
suppressMessages(library(pROC))
number <- function(x) format(as.numeric(x), digits = 17, scientific = TRUE)
list_of <- function(x) paste0("[", paste(vapply(x, number, ""), collapse = ","), "]")
matrix_of <- function(m) paste0("[", paste(apply(m, 1, list_of), collapse = ","), "]")
set.seed(90210)
one <- function(n1, n0, step) {
  labels <- rep(c(1, 0), c(n1, n0)); scores <- round((labels * 1.1 + rnorm(n1 + n0)) * step) / step
  r <- roc(labels, scores, direction = "<", quiet = TRUE)
  windows <- list(c(1, 0.9), c(1, 0.5), c(0.95, 0.8))
  pa <- vapply(windows, function(w) as.numeric(auc(r, partial.auc = w)), 0)
  pc <- vapply(windows, function(w) as.numeric(auc(r, partial.auc = w, partial.auc.correct = TRUE, allow.invalid.partial.auc.correct = TRUE)), 0)
  pse <- vapply(windows, function(w) as.numeric(auc(r, partial.auc = w, partial.auc.focus = "sensitivity")), 0)
  at <- c(0.93, 0.9, 0.8, 0.5)
  se <- as.numeric(coords(r, at, input = "specificity", ret = "sensitivity", transpose = FALSE)[[1]])
  sp <- as.numeric(coords(r, at, input = "sensitivity", ret = "specificity", transpose = FALSE)[[1]])
  best <- coords(r, "best", best.method = "youden", ret = c("sensitivity", "specificity"), transpose = FALSE)[1, ]
  close <- coords(r, "best", best.method = "closest.topleft", ret = c("sensitivity", "specificity"), transpose = FALSE)[1, ]
  paste0('{"labels":', list_of(labels), ',"scores":', list_of(scores), ',"partial":', list_of(pa), ',"corrected":', list_of(pc), ',"partialSensitivity":', list_of(pse),
    ',"at":', list_of(at), ',"sensitivity":', list_of(se), ',"specificity":', list_of(sp),
    ',"youden":', number(best[[1]] + best[[2]] - 1), ',"closest":', number((1 - close[[1]])^2 + (1 - close[[2]])^2), "}")
}
multi <- function(n, k) {
  truth <- rep(seq_len(k), length.out = n); m <- matrix(runif(n * k), n); m[cbind(seq_len(n), truth)] <- m[cbind(seq_len(n), truth)] + 0.4
  m <- round(m / rowSums(m), 2); colnames(m) <- seq_len(k)
  m[, k] <- round(1 - rowSums(m[, -k, drop = FALSE]), 2)
  a <- as.numeric(multiclass.roc(factor(truth), m)$auc)
  paste0('{"truth":', list_of(truth - 1), ',"probabilities":', matrix_of(m), ',"handTill":', number(a), "}")
}
# Average precision by its definition: mean precision at the positives, ties entering together.
precision <- function(n1, n0, step) {
  labels <- rep(c(1, 0), c(n1, n0)); scores <- round((labels + rnorm(n1 + n0)) * step) / step
  ap <- 0; before <- 0
  for (t in sort(unique(scores), decreasing = TRUE)) { tp <- sum(labels[scores >= t]); ap <- ap + (tp - before) / n1 * tp / sum(scores >= t); before <- tp }
  paste0('{"labels":', list_of(labels), ',"scores":', list_of(scores), ',"averagePrecision":', number(ap), "}")
}
data(aSAH)
asah <- function(name) {
  r <- roc(aSAH$outcome, aSAH[[name]], levels = c("Good", "Poor"), direction = "<", quiet = TRUE)
  c(auc(r, partial.auc = c(1, 0.9)), auc(r, partial.auc = c(1, 0.9), partial.auc.correct = TRUE), auc(r, partial.auc = c(1, 0.9), partial.auc.focus = "se"),
    coords(r, 0.9, input = "specificity", ret = "sensitivity", transpose = FALSE)[[1]], coords(r, 0.8, input = "sensitivity", ret = "specificity", transpose = FALSE)[[1]])
}
power_one <- function(a, ratio, power) { p <- power.roc.test(auc = a, power = power, sig.level = 0.05, kappa = ratio); c(a, ratio, power, p$ncases, p$ncontrols) }
cat('{"reference":"pROC ', as.character(packageVersion("pROC")), ", ", R.version.string, '",\n"curves":[',
  paste(mapply(one, c(20, 45, 60), c(30, 80, 60), c(2, 5, 100)), collapse = ",\n"), '],\n"classes":[', paste(mapply(multi, c(30, 60, 80), c(3, 4, 2)), collapse = ",\n"),
  '],\n"precision":[', paste(mapply(precision, c(10, 30), c(20, 60), c(2, 20)), collapse = ",\n"),
  '],\n"asah":{"s100b":', list_of(asah("s100b")), ',"ndka":', list_of(asah("ndka")), ',"wfns":', list_of(as.numeric(asah("wfns"))), '},\n"power":', matrix_of(rbind(power_one(0.7, 1, 0.9), power_one(0.8, 2, 0.8), power_one(0.65, 0.5, 0.85))), "}\n", sep = "")
