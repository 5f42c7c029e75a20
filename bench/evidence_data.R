# The data of script/bench evidence: Rscript bench/evidence_data.R FOLDER. The seed is fixed.
folder <- commandArgs(trailingOnly = TRUE)[1]
set.seed(20261122)
released <- function(n) {
  d <- data.frame(fin = rbinom(n, 1, 0.5), age = sample(17:60, n, TRUE), race = rbinom(n, 1, 0.3),
                  wexp = rbinom(n, 1, 0.6), mar = rbinom(n, 1, 0.2), paro = rbinom(n, 1, 0.6),
                  prio = rpois(n, 3), educ = round(rnorm(n, 11, 2), 2))
  risk <- exp(-0.38 * d$fin - 0.057 * d$age + 0.31 * d$race - 0.15 * d$wexp - 0.43 * d$mar -
              0.08 * d$paro + 0.09 * d$prio - 0.02 * d$educ)
  weeks <- ceiling(rexp(n, 0.03 * risk))          # whole weeks: ties everywhere
  d$week <- pmin(weeks, 52)
  d$arrest <- as.integer(weeks <= 52)
  d
}
keep <- function(d, name) data.table::fwrite(d, file.path(folder, name))
keep(released(1e6), "million.csv")
half <- released(5e4)
half$id <- seq_len(nrow(half))
keep(half, "robust.csv")
pairs <- released(1e5)
pairs$treat <- rbinom(1e5, 1, plogis(-2 + 0.02 * pairs$age + 0.05 * pairs$prio))
keep(pairs[c("treat", "age", "educ", "prio", "arrest")], "match.csv")
arm <- rep(0:1, each = 500)
keep(data.frame(arm = arm, cost = round(rgamma(1000, 2, 0.002) + 300 * arm, 2),
                effect = round(rnorm(1000, 0.6 + 0.05 * arm, 0.2), 4)), "cost.csv")
keep(as.data.frame(matrix(rnorm(8e6), ncol = 8)), "numbers.csv")
