"""Reference values for classification figures: scikit-learn.

Usage: python3 scripts/reference/stats-classification.py > test/fixtures/stats/classification.json
"""

import json
import sys

import numpy as np
import sklearn
from sklearn import metrics

random = np.random.RandomState(7)
cases = []
for classes, n in ((2, 40), (3, 90), (5, 200)):
    labels = random.choice(classes, n, p=np.arange(1, classes + 1) / sum(range(1, classes + 1)))
    logits = random.normal(size=(n, classes)) + 1.5 * np.eye(classes)[labels]
    probabilities = np.round(np.exp(logits) / np.exp(logits).sum(1, keepdims=True), 2)
    probabilities[:, -1] = np.round(1 - probabilities[:, :-1].sum(1), 2)
    probabilities = np.clip(probabilities, 0, 1)
    predictions = probabilities.argmax(1)
    case = {"labels": labels.tolist(), "predictions": predictions.tolist(), "probabilities": probabilities.tolist(), "classes": classes,
            "accuracy": metrics.accuracy_score(labels, predictions), "balancedAccuracy": metrics.balanced_accuracy_score(labels, predictions),
            "confusion": metrics.confusion_matrix(labels, predictions).tolist()}
    for average in (None, "macro", "weighted", "micro"):
        p, r, f, _ = metrics.precision_recall_fscore_support(labels, predictions, average=average)
        case[average or "perClass"] = [np.asarray(v).tolist() for v in (p, r, f)]
    case["auc"] = [metrics.roc_auc_score(labels == k, probabilities[:, k]) for k in range(classes)]
    case["brier"] = metrics.brier_score_loss(labels == 0, probabilities[:, 0])
    fpr, tpr, _ = metrics.roc_curve(labels == 0, probabilities[:, 0], drop_intermediate=False)
    case["roc"] = [fpr.tolist(), tpr.tolist()]
    cases.append(case)
json.dump({"reference": f"scikit-learn {sklearn.__version__}", "cases": cases}, sys.stdout)
