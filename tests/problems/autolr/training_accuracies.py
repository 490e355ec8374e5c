"""Prints accuracies of a static rate and of one that rises: another process of test_training.py.

Usage: python training_accuracies.py DIRECTORY SEED
"""

from __future__ import annotations

import sys

from gegp.problem import load_problem

POLICIES = ("0.01019090909090909", "if_func(epoch < 3, 0.01019090909090909, 0.1)")

if __name__ == "__main__":
    problem = load_problem(sys.argv[1])
    for policy in POLICIES:
        print(problem.evaluate(policy, int(sys.argv[2]))["accuracy"])
