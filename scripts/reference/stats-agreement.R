# Reference values for agreement: analysis of variance and matrix formulas in base R, written from the papers.
# Usage: Rscript scripts/reference/stats-agreement.R > test/fixtures/stats/agreement.json
number <- function(x) format(as.numeric(x), digits = 17, scientific = TRUE)
list_of <- function(x) paste0("[", paste(vapply(x, number, ""), collapse = ","), "]")
matrix_of <- function(m) paste0("[", paste(apply(m, 1, list_of), collapse = ","), "]")
# McGraw and Wong 1996, tables 4 and 7, as in irr::icc.
icc <- function(m, model, unit) {
  n <- nrow(m); k <- ncol(m); long <- data.frame(y = c(m), case = factor(c(row(m))), rater = factor(c(col(m))))
  two <- anova(lm(y ~ case + rater, long))[["Mean Sq"]]; one <- anova(lm(y ~ case, long))[["Mean Sq"]]
  R <- two[1]; C <- two[2]; E <- two[3]; W <- one[2]
  single <- switch(model, "one-way" = (R - W) / (R + (k - 1) * W), consistency = (R - E) / (R + (k - 1) * E),
    agreement = (R - E) / (R + (k - 1) * E + (k / n) * (C - E)))
  if (model == "agreement") {
    a <- k * single / (n * (1 - single)); b <- 1 + k * single * (n - 1) / (n * (1 - single))
    v <- (a * C + b * E)^2 / ((a * C)^2 / (k - 1) + (b * E)^2 / ((n - 1) * (k - 1)))
    FL <- qf(0.975, n - 1, v); FU <- qf(0.975, v, n - 1)
    ci <- c(n * (R - FL * E) / (FL * (k * C + (k * n - k - n) * E) + n * R), n * (FU * R - E) / (k * C + (k * n - k - n) * E + n * FU * R))
    f <- R / E; df <- c(n - 1, (n - 1) * (k - 1))
  } else {
    f <- if (model == "one-way") R / W else R / E
    df <- c(n - 1, if (model == "one-way") n * (k - 1) else (n - 1) * (k - 1))
    FL <- f / qf(0.975, df[1], df[2]); FU <- f * qf(0.975, df[2], df[1])
    ci <- c((FL - 1) / (FL + k - 1), (FU - 1) / (FU + k - 1))
  }
  up <- function(r) if (unit == "average") k * r / (1 + (k - 1) * r) else r
  c(up(single), up(ci[1]), up(ci[2]), f, pf(f, df[1], df[2], lower.tail = FALSE))
}
set.seed(4711)
shrout <- rbind(c(9, 2, 5, 8), c(6, 1, 3, 2), c(8, 4, 6, 8), c(7, 1, 2, 6), c(10, 5, 6, 9), c(6, 2, 4, 7))
other <- round(matrix(rnorm(36, rep(rnorm(12, 10, 3), 3)), 12), 3)
one_icc <- function(m) {
  rows <- character()
  for (model in c("one-way", "consistency", "agreement")) for (unit in c("single", "average"))
    rows <- c(rows, paste0('{"model":"', model, '","unit":"', unit, '","expected":', list_of(icc(m, model, unit)), "}"))
  paste0('{"values":', matrix_of(m), ',"rows":[', paste(rows, collapse = ","), "]}")
}
kappa <- function(counts, w) {
  n <- sum(counts); p <- counts / n; r <- rowSums(p); s <- colSums(p); e <- outer(r, s)
  po <- sum(w * p); pe <- sum(w * e); k <- (po - pe) / (1 - pe)
  wr <- c(w %*% s); wc <- c(t(w) %*% r)
  v <- (sum(p * (w - outer(wr, wc, "+") * (1 - k))^2) - (k - pe * (1 - k))^2) / (n * (1 - pe)^2)
  v0 <- (sum(e * (w - outer(wr, wc, "+"))^2) - pe^2) / (n * (1 - pe)^2)
  c(k, sqrt(v), max(-1, k - qnorm(0.975) * sqrt(v)), min(1, k + qnorm(0.975) * sqrt(v)), 2 * pnorm(-abs(k) / sqrt(v0)))
}
one_kappa <- function(counts) {
  q <- nrow(counts); d <- abs(outer(1:q, 1:q, "-")) / (q - 1)
  paste0('{"counts":', matrix_of(counts), ',"unweighted":', list_of(kappa(counts, diag(q))), ',"linear":', list_of(kappa(counts, 1 - d)),
    ',"quadratic":', list_of(kappa(counts, 1 - d^2)), "}")
}
tables <- list(rbind(c(53, 5, 2), c(11, 14, 5), c(1, 6, 3)), rbind(c(20, 5), c(10, 15)), rbind(c(4, 2, 1, 0), c(3, 9, 4, 1), c(0, 2, 11, 5), c(1, 0, 3, 16)))
one_ba <- function(n) {
  a <- round(rnorm(n, 30, 8), 2); b <- round(a + rnorm(n, 1, 2), 2); d <- a - b; s <- sd(d); z <- qnorm(0.975); t <- qt(0.975, n - 1)
  half <- t * s * sqrt(1 / n + z^2 / (2 * (n - 1)))
  v <- c(mean(d), mean(d) + c(-1, 1) * t * s / sqrt(n))
  for (sign in c(-1, 1)) { l <- mean(d) + sign * z * s; v <- c(v, l, l - half, l + half) }
  paste0('{"first":', list_of(a), ',"second":', list_of(b), ',"expected":', list_of(v), "}")
}
cat('{"reference":"', R.version.string, '",\n"icc":[', paste(lapply(list(shrout, other), one_icc), collapse = ",\n"),
  '],\n"kappa":[', paste(lapply(tables, one_kappa), collapse = ",\n"), '],\n"blandAltman":[', paste(lapply(c(8, 25), one_ba), collapse = ",\n"), "]}\n", sep = "")
