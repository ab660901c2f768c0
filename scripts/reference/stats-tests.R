# Reference values for paired tests, adjusted p-values and t intervals: base R.
# Usage: Rscript scripts/reference/stats-tests.R > test/fixtures/stats/tests.json
number <- function(x) format(as.numeric(x), digits = 17, scientific = TRUE)
list_of <- function(x) paste0("[", paste(vapply(x, number, ""), collapse = ","), "]")
rows_of <- function(x) paste0("[", paste(vapply(x, list_of, ""), collapse = ",\n"), "]")
pairs <- list(c(0, 1), c(0, 6), c(1, 8), c(3, 3), c(5, 20), c(12, 13), c(41, 80), c(7, 0), c(150, 210), c(2, 60))
mcnemar <- lapply(pairs, function(p) c(p, binom.test(p[1], sum(p), 0.5)$p.value))
p_lists <- list(c(0.01, 0.04, 0.03, 0.005), c(0.2, 0.2, 0.01, 1, 0.6), c(0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251), 0.03)
values <- list(c(0.91, 0.95, 0.86, 0.95, 0.9), c(0.2, -0.1, 0.05, 0.3, 0.12, 0.07, 0.01, 0.33, -0.04, 0.11), c(1, 2))
t_rows <- lapply(values, function(v) { t <- t.test(v); c(t$estimate, sd(v), t$conf.int, t$statistic, t$p.value) })
corrected <- lapply(values, function(v) {
  k <- length(v); se <- sd(v) * sqrt(1 / k + 0.25); t <- mean(v) / se
  c(mean(v) + c(-1, 1) * qt(0.975, k - 1) * se, t, 2 * pt(-abs(t), k - 1))
})
cat('{"reference":"', R.version.string, '",\n"mcnemar":', rows_of(mcnemar), ',\n"pLists":', rows_of(p_lists),
    ',\n"holm":', rows_of(lapply(p_lists, p.adjust, "holm")), ',\n"benjaminiHochberg":', rows_of(lapply(p_lists, p.adjust, "BH")),
    ',\n"values":', rows_of(values), ',\n"t":', rows_of(t_rows), ',\n"corrected":', rows_of(corrected), "}\n", sep = "")
