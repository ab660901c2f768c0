# Reference values for calibration and recalibration: base R (glm, loess, isoreg, uniroot, optim).
# Usage: Rscript scripts/reference/stats-calibration.R > test/fixtures/stats/calibration.json
number <- function(x) format(as.numeric(x), digits = 17, scientific = TRUE)
list_of <- function(x) paste0("[", paste(vapply(x, number, ""), collapse = ","), "]")
matrix_of <- function(m) paste0("[", paste(apply(m, 1, list_of), collapse = ","), "]")
set.seed(313)
tight <- glm.control(epsilon = 1e-15, maxit = 100)
logit <- function(p) log(p) - log1p(-p)
one <- function(n, slope, shift) {
  u <- rnorm(n, -0.3, 1.4); p <- round(plogis(u), 4); y <- rbinom(n, 1, plogis(shift + slope * u))
  free <- glm(y ~ logit(p), family = binomial, control = tight); fixed <- glm(y ~ offset(logit(p)), family = binomial, control = tight)
  lr <- 2 * (as.numeric(logLik(free)) - sum(y * log(p) + (1 - y) * log1p(-p)))
  s <- function(m, k) summary(m)$coefficients[k, 1:2]
  l <- loess(y ~ p, span = 0.75, degree = 2, control = loess.control(surface = "direct", statistics = "none"))
  at <- c(0.1, 0.25, 0.5, 0.7, 0.9); curve <- predict(l, data.frame(p = at)); d <- abs(p - pmin(1, pmax(0, predict(l, data.frame(p = p)))))
  z <- round(rnorm(n, y, 1.3), 2)
  platt <- coef(glm(y ~ z, family = binomial, control = tight))
  t <- ifelse(y == 1, (sum(y) + 1) / (sum(y) + 2), 1 / (sum(1 - y) + 2))
  smoothed <- coef(suppressWarnings(glm(t ~ z, family = quasibinomial, control = tight)))
  o <- order(z); zu <- sort(unique(z)); w <- as.numeric(table(z)); m <- as.numeric(tapply(y, z, mean))
  # isoreg has no weights: each distinct score is given once per case, with its mean.
  iso <- isoreg(rep(seq_along(zu), w), rep(m, w))$yf[cumsum(w)]
  beta <- coef(glm(y ~ log(p) + I(-log1p(-p)), family = binomial, control = tight))
  paste0('{"labels":', list_of(y), ',"probabilities":', list_of(p), ',"slope":', list_of(s(free, 2)), ',"intercept":', list_of(s(fixed, 1)), ',"likelihoodRatio":', number(lr),
    ',"at":', list_of(at), ',"curve":', list_of(curve), ',"ici":', list_of(c(mean(d), quantile(d, c(0.5, 0.9)), max(d))),
    ',"scores":', list_of(z), ',"platt":', list_of(platt), ',"plattSmoothed":', list_of(smoothed), ',"isotonicAt":', list_of(zu), ',"isotonic":', list_of(iso), ',"beta":', list_of(beta), "}")
}
softmax <- function(z) { e <- exp(z - apply(z, 1, max)); e / rowSums(e) }
classes <- function(n, k) {
  y <- sample(k, n, TRUE); z <- matrix(rnorm(n * k), n); z[cbind(1:n, y)] <- z[cbind(1:n, y)] + 1; z <- round(2.5 * z, 3)
  slope <- function(b) { p <- softmax(z * b); sum(z[cbind(1:n, y)] - rowSums(p * z)) }
  temperature <- 1 / uniroot(slope, c(1e-3, 10), tol = 1e-14)$root
  p <- round(softmax(z), 5); p <- pmax(p, 1e-5); p[, k] <- 1 - rowSums(p[, -k, drop = FALSE]); p[, k] <- pmax(p[, k], 1e-5); p <- p / rowSums(p)
  X <- cbind(log(p), 1); lambda <- 0.5
  off <- rbind(1 - diag(k), 1); tiny <- 1e-9 * n
  f <- function(th) { W <- matrix(th, k + 1); e <- X %*% W; sum(apply(e, 1, function(v) max(v) + log(sum(exp(v - max(v)))))) - sum(e[cbind(1:n, y)]) + lambda / 2 * sum(off * W^2) + tiny / 2 * sum(diag(W[1:k, ])^2) }
  g <- function(th) { W <- matrix(th, k + 1); r <- softmax(X %*% W); r[cbind(1:n, y)] <- r[cbind(1:n, y)] - 1; c(t(X) %*% r + lambda * off * W + tiny * rbind(diag(k), 0) * W) }
  o <- optim(c(rbind(diag(k), 0)), f, g, method = "BFGS", control = list(reltol = 1e-16, maxit = 5000))
  paste0('{"truth":', list_of(y - 1), ',"logits":', matrix_of(z), ',"temperature":', number(temperature), ',"probabilities":', matrix_of(p), ',"penalty":', lambda,
    ',"objective":', number(o$value), ',"calibrated":', matrix_of(softmax(X %*% matrix(o$par, k + 1))[1:5, ]), "}")
}
cat('{"reference":"', R.version.string, '",\n"cases":[', paste(mapply(one, c(60, 150), c(0.7, 1.4), c(0.4, -0.2)), collapse = ",\n"),
  '],\n"classes":[', paste(mapply(classes, c(50, 90), c(3, 4)), collapse = ",\n"), "]}\n", sep = "")
