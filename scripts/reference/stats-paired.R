# Reference values for paired tests and permutation tests: base R.
# Usage: Rscript scripts/reference/stats-paired.R > test/fixtures/stats/paired.json
number <- function(x) format(as.numeric(x), digits = 17, scientific = TRUE)
list_of <- function(x) paste0("[", paste(vapply(x, number, ""), collapse = ","), "]")
matrix_of <- function(m) paste0("[", paste(apply(m, 1, list_of), collapse = ","), "]")
set.seed(1947)
# Cochran's Q is the generalized Cochran-Mantel-Haenszel statistic with cases as strata.
one_q <- function(n, k) {
  m <- matrix(rbinom(n * k, 1, rep(seq(0.55, 0.8, length.out = k), each = n)), n)
  keep <- rowSums(m) > 0 & rowSums(m) < k
  d <- data.frame(y = factor(c(m[keep, ])), rater = factor(c(col(m[keep, ]))), case = factor(c(row(m[keep, ]))))
  t <- mantelhaen.test(d$rater, d$y, d$case, correct = FALSE)
  paste0('{"right":', matrix_of(m), ',"expected":', list_of(c(t$statistic, t$parameter, t$p.value)), "}")
}
# Stuart-Maxwell by its formula, and by mantelhaen.test over cases with two ratings each.
one_sm <- function(m) {
  k <- nrow(m); d <- (rowSums(m) - colSums(m))[-k]; s <- -(m + t(m)); diag(s) <- rowSums(m) + colSums(m) - 2 * diag(m)
  stat <- c(d %*% solve(s[-k, -k], d))
  idx <- which(m > 0, arr.ind = TRUE); reps <- m[m > 0]
  r <- rep(idx[, 1], reps); cc <- rep(idx[, 2], reps); n <- length(r)
  keep <- r != cc
  t <- mantelhaen.test(factor(rep(1:2, each = sum(keep))), factor(c(r[keep], cc[keep]), levels = 1:k), factor(rep(seq_len(sum(keep)), 2)), correct = FALSE)
  paste0('{"counts":', matrix_of(m), ',"expected":', list_of(c(stat, k - 1, pchisq(stat, k - 1, lower.tail = FALSE))), ',"cmh":', number(t$statistic), "}")
}
one_signs <- function(n) {
  a <- round(rnorm(n, 0.3), 3); b <- round(rnorm(n), 3); d <- a - b
  signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), n))); t <- abs(signs %*% d)
  paste0('{"first":', list_of(a), ',"second":', list_of(b), ',"p":', number(mean(t >= abs(sum(d)) - 1e-9)), "}")
}
one_groups <- function(m, n) {
  a <- round(rnorm(m, 0.8), 2); b <- round(rnorm(n), 2); x <- c(a, b); o <- abs(mean(a) - mean(b))
  t <- apply(combn(m + n, m), 2, function(i) abs(mean(x[i]) - mean(x[-i])))
  paste0('{"first":', list_of(a), ',"second":', list_of(b), ',"p":', number(mean(t >= o - 1e-9)), "}")
}
tables <- list(rbind(c(20, 10, 5), c(3, 30, 15), c(0, 5, 40)), rbind(c(8, 1, 2, 0), c(4, 12, 3, 1), c(0, 6, 9, 5), c(2, 0, 1, 7)), rbind(c(50, 12), c(4, 30)))
cat('{"reference":"', R.version.string, '",\n"cochranQ":[', paste(mapply(one_q, c(25, 60, 40), c(3, 5, 2)), collapse = ",\n"),
  '],\n"stuartMaxwell":[', paste(lapply(tables, one_sm), collapse = ",\n"), '],\n"signs":[', paste(lapply(c(6, 10), one_signs), collapse = ",\n"),
  '],\n"groups":[', paste(mapply(one_groups, c(4, 6), c(5, 6)), collapse = ",\n"), "]}\n", sep = "")
