# One task in R, as a user would run it: Rscript bench/evidence.R TASK FILE [REPLICATES]
# Prints a line "seconds <reading> <everything after> <the engine alone, or NA>".
words <- commandArgs(trailingOnly = TRUE)
task <- words[1]
file <- words[2]
clock <- function(e) system.time(e)[["elapsed"]]
engine <- NA
reading <- clock(d <- read.csv(file))
suppressMessages(library(survival))
cox <- Surv(week, arrest) ~ fin + age + race + wexp + mar + paro + prio + educ

matrix_of <- function(d) {
  as.matrix(d[c("fin", "age", "race", "wexp", "mar", "paro", "prio", "educ")])
}

whole <- switch(task,
  cox = {
    time <- clock({
      fit <- coxph(cox, d, ties = "efron")
      print(summary(fit))
    })
    x <- matrix_of(d)
    y <- Surv(d$week, d$arrest)
    engine <- clock(coxph.fit(x, y, NULL, NULL, NULL, coxph.control(), NULL, "efron",
                              as.character(seq_len(nrow(d)))))
    time
  },
  robust = clock(print(summary(coxph(update(cox, . ~ . + cluster(id)), d, ties = "efron")))),
  logit = {
    time <- clock(print(summary(glm(arrest ~ fin + age + race + wexp + mar + paro + prio + educ,
                                    binomial, d))))
    x <- cbind(1, matrix_of(d))
    engine <- clock(glm.fit(x, d$arrest, family = binomial()))
    time
  },
  km = clock({
    fit <- survfit(Surv(week, arrest) ~ fin, d)
    print(fit)
    invisible(summary(fit))
  }),
  logrank = clock(print(survdiff(Surv(week, arrest) ~ fin, d))),
  match = {
    suppressMessages(library(MatchIt))
    # MatchIt 4.5.1 leaves `caliper` out of account where it is given a vector of distances
    # (its issue 163); the time is that of its greedy search all the same.
    clock(print(matchit(treat ~ age + educ + prio, d, method = "nearest", distance = "glm",
                        caliper = 0.2, m.order = "largest")))
  },
  bootstrap = {
    suppressMessages(library(boot))
    gain <- function(d, rows) {
      s <- d[rows, ]
      one <- s$arm == 1
      (mean(s$cost[one]) - mean(s$cost[!one])) / (mean(s$effect[one]) - mean(s$effect[!one]))
    }
    set.seed(1)
    clock(print(boot(d, gain, R = as.integer(words[3]), strata = d$arm)))
  },
  stop("no such task: ", task))
cat(sprintf("\nseconds %.4f %.4f %s\n", reading, whole, format(engine)))
