"""
Agreement by statsmodels, scikit-learn, krippendorff and pingouin. Usage: agreement.py TABLES.json RESULT.json
A table is [raters][units] of whole numbers, null for a missing value; 'measures' is [targets][raters] of numbers.
"""
import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import krippendorff
import numpy
import pandas
import pingouin
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

warnings.simplefilter("ignore")


def figures(ratings, measures):
    data = numpy.array(ratings, dtype=float)
    found = {f"alpha {level}": krippendorff.alpha(reliability_data=data, level_of_measurement=level) for level in ("nominal", "ordinal", "interval")}
    complete = data[:, ~numpy.isnan(data).any(axis=0)].astype(int)
    found["fleiss"] = fleiss_kappa(aggregate_raters(complete.T)[0], method="fleiss")
    pair = data[:2, ~numpy.isnan(data[:2]).any(axis=0)].astype(int)
    labels = list(range(int(numpy.nanmax(data)) + 1))
    counts = numpy.zeros((len(labels), len(labels)))
    for first, second in pair.T:
        counts[first, second] += 1
    for ours, theirs, scikit in (("none", None, None), ("linear", "linear", "linear"), ("quadratic", "quadratic", "quadratic")):
        result = cohens_kappa(counts, wt=theirs)
        found[f"kappa {ours}"] = result.kappa
        found[f"kappa {ours} low"] = result.kappa_low
        found[f"kappa {ours} (scikit-learn)"] = cohen_kappa_score(*pair, labels=labels, weights=scikit)
    found["percent"] = accuracy_score(*pair)
    for label, value in zip(labels, f1_score(*pair, labels=labels, average=None, zero_division=numpy.nan)):
        found[f"f1 {label}"] = None if numpy.isnan(value) else float(value)
    long = pandas.DataFrame([(target, rater, value) for target, row in enumerate(measures) for rater, value in enumerate(row)], columns=["target", "rater", "value"])
    icc = pingouin.intraclass_corr(long, "target", "rater", "value").set_index("Type")["ICC"]
    for form, name in (("A,1", "ICC(A,1)"), ("C,1", "ICC(C,1)"), ("A,k", "ICC(A,k)"), ("C,k", "ICC(C,k)")):
        found[f"icc {form}"] = icc[name]
    return {name: None if value is None else float(value) for name, value in found.items()}


tables = json.loads(Path(sys.argv[1]).read_text())
Path(sys.argv[2]).write_text(json.dumps([figures(**table) for table in tables]))
print(", ".join(f"{name} {version(name)}" for name in ("krippendorff", "statsmodels", "scikit-learn", "pingouin")))
