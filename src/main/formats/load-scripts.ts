import type { CsvDialect } from './csv-dialect.ts';

/** Scripts that read the CSV tables beside them into R and Python. They are for people to read and change. */
export function loadScripts(dialect: CsvDialect): { readonly file: string; readonly text: string }[] {
  return [
    { file: 'load.R', text: rScript(dialect) },
    { file: 'load.py', text: pythonScript(dialect) },
  ];
}

const rScript = ({
  separator,
  decimalMark,
}: CsvDialect): string => `# Reads all CSV tables of this folder: Rscript load.R, or in R source("load.R", chdir = TRUE).
# data-dictionary.csv says what the columns mean. An empty cell is NA: no value, not 0.
this_file <- sub("^--file=", "", grep("^--file=", commandArgs(trailingOnly = FALSE), value = TRUE))
folder <- if (length(this_file) == 1 && basename(this_file) == "load.R") dirname(this_file) else "."
files <- list.files(folder, pattern = "[.]csv$", full.names = TRUE)
read_table <- function(file) {
  read.table(file, header = TRUE, sep = "${separator}", dec = "${decimalMark}", quote = "\\"", na.strings = "", comment.char = "",
             check.names = FALSE, fileEncoding = "UTF-8-BOM", encoding = "UTF-8")
}
tables <- lapply(files, read_table)
names(tables) <- sub("[.]csv$", "", basename(files))
for (name in names(tables)) cat(sprintf("%s: %d rows\\n", name, nrow(tables[[name]])))

# An example: does the share of time differ between labels (and conditions), with a random intercept for each person?
# A row of statistics_faces is a video, a face and a label; labels that did not occur have 0.
faces <- tables$statistics_faces
if (!is.null(faces)) {
  faces <- faces[faces$layer == faces$layer[1] & !is.na(faces$share), ]
  faces$person <- ifelse(is.na(faces$participant), paste(faces$video, faces$face_id), faces$participant)
  faces$label <- factor(faces$label)
  conditions <- unique(faces$condition[!is.na(faces$condition)])
  fixed <- if (length(conditions) > 1) share ~ label * condition else share ~ label
  cat(sprintf("\\nLayer %s, %d rows, %d people\\n", faces$layer[1], nrow(faces), length(unique(faces$person))))
  if (requireNamespace("lme4", quietly = TRUE)) {
    model <- lme4::lmer(update(fixed, . ~ . + (1 | person)), data = faces)
  } else {
    model <- nlme::lme(fixed, random = ~ 1 | person, data = faces, na.action = na.omit)
  }
  print(summary(model))
}
`;

const pythonScript = ({ separator, decimalMark }: CsvDialect): string => `"""Reads all CSV tables of this folder with pandas: python load.py, or import load.

data-dictionary.csv says what the columns mean. An empty cell is missing: no value, not 0.
"""

from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).resolve().parent


def read_table(file):
    return pd.read_csv(file, sep="${separator}", decimal="${decimalMark}", encoding="utf-8-sig", keep_default_na=False, na_values=[""])


tables = {file.stem: read_table(file) for file in sorted(FOLDER.glob("*.csv"))}


def example(faces):
    """Does the share of time differ between labels (and conditions), with a random intercept for each person?

    A row of statistics_faces is a video, a face and a label; labels that did not occur have 0.
    """
    import statsmodels.formula.api as smf

    faces = faces[(faces["layer"] == faces["layer"].iloc[0]) & faces["share"].notna()].copy()
    alone = faces["video"] + " " + faces["face_id"].astype(str)
    faces["person"] = faces["participant"].where(faces["participant"].notna(), alone)
    several = faces["condition"].nunique() > 1
    formula = "share ~ C(label) * C(condition)" if several else "share ~ C(label)"
    if several:
        faces = faces[faces["condition"].notna()]
    print(f"\\nLayer {faces['layer'].iloc[0]}, {len(faces)} rows, {faces['person'].nunique()} people")
    return smf.mixedlm(formula, faces, groups=faces["person"]).fit()


if __name__ == "__main__":
    for name, table in tables.items():
        print(f"{name}: {len(table)} rows")
    if "statistics_faces" in tables:
        print(example(tables["statistics_faces"]).summary())
`;
