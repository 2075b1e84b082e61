# Agreement by the package psych: kappa and intraclass correlations with their intervals. Usage: Rscript agreement.R FOLDER
# FOLDER has N-pairs.csv (two columns of categories) and N-measures.csv (a column for each rater); makes FOLDER/psych.csv.
suppressPackageStartupMessages(library(psych))
folder <- commandArgs(trailingOnly = TRUE)[1]
found <- data.frame()
note <- function(table, name, value) found <<- rbind(found, data.frame(table = table, name = name, value = value))
for (file in list.files(folder, pattern = "-pairs\\.csv$")) {
  table <- as.integer(sub("-pairs.csv", "", file))
  pairs <- read.csv(file.path(folder, file))
  levels <- 0:max(pairs$categories)
  counts <- table(factor(pairs$first, levels), factor(pairs$second, levels))
  plain <- cohen.kappa(counts)$confid
  size <- length(levels)
  steps <- abs(outer(1:size, 1:size, "-"))
  for (side in c("estimate", "lower", "upper")) {
    name <- c(estimate = "kappa none", lower = "kappa none low", upper = "kappa none high")[[side]]
    note(table, name, plain[1, side])
  }
  # The variance of weighted kappa in psych 2.2.9 is not that of Fleiss, Cohen and Everitt 1969, which statsmodels has.
  note(table, "kappa quadratic", plain[2, "estimate"])
  note(table, "kappa linear", suppressWarnings(cohen.kappa(counts, w = 1 - steps / (size - 1)))$weighted.kappa)
  results <- ICC(read.csv(file.path(folder, paste0(table, "-measures.csv"))), lmer = FALSE)$results
  for (row in list(c("A,1", 2), c("C,1", 3), c("A,k", 5), c("C,k", 6))) {
    each <- results[as.integer(row[2]), ]
    note(table, paste("icc", row[1]), each$ICC)
    note(table, paste("icc", row[1], "low"), each[["lower bound"]])
    note(table, paste("icc", row[1], "high"), each[["upper bound"]])
  }
}
found$value <- sprintf("%.15g", found$value)
write.csv(found, file.path(folder, "psych.csv"), row.names = FALSE)
cat("psych", as.character(packageVersion("psych")))
