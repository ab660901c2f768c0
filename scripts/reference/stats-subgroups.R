# Reference values for subgroups, sample sizes and the F distribution: base R.
# Usage: Rscript scripts/reference/stats-subgroups.R > test/fixtures/stats/subgroups.json
number <- function(x) format(as.numeric(x), digits = 17, scientific = TRUE)
list_of <- function(x) paste0("[", paste(vapply(x, number, ""), collapse = ","), "]")
matrix_of <- function(m) paste0("[", paste(apply(m, 1, list_of), collapse = ","), "]")
prop <- function(x, n) { t <- suppressWarnings(prop.test(x, n, correct = FALSE)); paste0('{"successes":', list_of(x), ',"n":', list_of(n), ',"expected":', list_of(c(t$statistic, t$parameter, t$p.value)), "}") }
q_test <- function(e, s) { w <- 1 / s^2; m <- sum(w * e) / sum(w); Q <- sum(w * (e - m)^2); df <- length(e) - 1
  paste0('{"estimates":', list_of(e), ',"errors":', list_of(s), ',"expected":', list_of(c(Q, df, pchisq(Q, df, lower.tail = FALSE), max(0, 1 - df / Q))), "}") }
two <- function(p1, p2, power) c(p1, p2, power, power.prop.test(p1 = p1, p2 = p2, power = power, tol = 1e-12)$n)
one <- function(p, p0, power) c(p, p0, power, ((qnorm(0.975) * sqrt(p0 * (1 - p0)) + qnorm(power) * sqrt(p * (1 - p))) / (p - p0))^2)
connor <- function(d, psi, power) c(d, psi, power, (qnorm(0.975) * sqrt(psi) + qnorm(power) * sqrt(psi - d^2))^2 / d^2)
f_rows <- do.call(rbind, lapply(list(c(0.3, 1, 4), c(2.5, 3, 7.5), c(4.456319, 1, 15.25967), c(40, 5, 60), c(1e-3, 2, 2)), function(v) c(v, pf(v[1], v[2], v[3], lower.tail = FALSE))))
fq_rows <- do.call(rbind, lapply(list(c(0.95, 1, 15.26), c(0.975, 5, 18.3), c(0.05, 4, 9), c(0.999, 2, 100)), function(v) c(v, qf(v[1], v[2], v[3]))))
cat('{"reference":"', R.version.string, '",\n"proportions":[', paste(c(prop(c(15, 25, 50), c(50, 50, 60)), prop(c(3, 40), c(12, 90)), prop(c(80, 75, 20, 9), c(100, 80, 40, 10))), collapse = ",\n"),
  '],\n"interactions":[', paste(c(q_test(c(0.1, 0.25, -0.05), c(0.04, 0.09, 0.05)), q_test(c(0.8, 0.81), c(0.02, 0.03))), collapse = ",\n"),
  '],\n"twoProportions":', matrix_of(rbind(two(0.5, 0.75, 0.9), two(0.9, 0.95, 0.8), two(0.1, 0.05, 0.85))),
  ',\n"oneProportion":', matrix_of(rbind(one(0.9, 0.8, 0.8), one(0.55, 0.5, 0.9))), ',\n"paired":', matrix_of(rbind(connor(0.05, 0.1, 0.8), connor(0.02, 0.15, 0.9))),
  ',\n"fUpper":', matrix_of(f_rows), ',\n"fQuantile":', matrix_of(fq_rows), "}\n", sep = "")
