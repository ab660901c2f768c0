# Reference values for the power of reader studies: R's noncentral F in the formulas of Hillis, Obuchowski and Berbaum 2011.
# Usage: Rscript scripts/reference/stats-reader-study-size.R > test/fixtures/stats/reader-study-size.json
number <- function(x) format(as.numeric(x), digits = 17, scientific = TRUE)
list_of <- function(x) paste0("[", paste(vapply(x, number, ""), collapse = ","), "]")
pilots <- list(c(0.0002004025, 0.0008022883, 0.0003466137, 0.0003440748, 0.0002390284, 114), c(0.001, 0.002, 0.0008, 0.0009, 0.0004, 60), c(0, 0.0015, 0.0005, 0.0004, 0.0005, 100))
rows <- character()
for (p in pilots) for (effect in c(0.03, 0.06)) for (j in c(3, 5, 10)) for (cases in c(80, 300)) for (alpha in c(0.05, 0.01)) {
  s <- p[6] / cases; common <- max(0, p[4] - p[5])
  D <- p[1] + s * (p[2] - p[3] + (j - 1) * common); own <- p[1] + s * (p[2] - p[3] - common)
  df2 <- D^2 / (own^2 / (j - 1)); lambda <- j * effect^2 / 2 / D
  power <- pf(qf(1 - alpha, 1, df2), 1, df2, ncp = lambda, lower.tail = FALSE)
  rows <- c(rows, paste0('{"pilot":', list_of(p), ',"effect":', effect, ',"alpha":', alpha, ',"readers":', j, ',"cases":', cases, ',"power":', number(power), "}"))
}
cat('{"reference":"', R.version.string, '",\n"rows":[', paste(rows, collapse = ",\n"), "]}\n", sep = "")
