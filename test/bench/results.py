# SPDX-License-Identifier: BSD-2-Clause
"""What was measured: a list of values for each subject and figure, and their medians and spread."""
import json
import math
import statistics


class Results:
    """values[subject][figure] is a list, one value a round (or a boot, or a burst)."""

    def __init__(self, facts=None):
        self.facts = facts or {}
        self.about = {}
        self.values = {}
        self.missing = {}  # subject -> why it is not there, or what it failed at

    def add(self, subject, figure, value):
        self.values.setdefault(subject, {}).setdefault(figure, []).append(value)

    def all(self, subject, figure):
        return [v for v in self.values.get(subject, {}).get(figure, ()) if not math.isnan(v)]

    def median(self, subject, figure):
        """None where nothing was measured."""
        values = self.all(subject, figure)
        return statistics.median(values) if values else None

    def spread(self, subject, figure):
        """The smallest and the largest value."""
        values = self.all(subject, figure)
        return (min(values), max(values)) if values else None

    def ratio(self, figure, subject, other):
        a, b = self.median(subject, figure), self.median(other, figure)
        return a / b if a is not None and b else None

    def subjects(self):
        """Those that were measured, in the order of the run, without QEMU's own floor."""
        return [name for name in self.about if name in self.values]

    def save(self, path):
        summary = {
            subject: {
                figure: {
                    "median": self.median(subject, figure),
                    "spread": self.spread(subject, figure),
                }
                for figure in figures
            }
            for subject, figures in self.values.items()
        }
        with open(path, "w", encoding="utf-8") as f:
            json.dump(
                {
                    "facts": self.facts,
                    "subjects": self.about,
                    "missing": self.missing,
                    "summary": summary,
                    "values": self.values,
                },
                f,
                indent=1,
            )

    @classmethod
    def load(cls, path):
        results = cls()
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
        results.facts, results.about = data["facts"], data["subjects"]
        results.missing, results.values = data["missing"], data["values"]
        return results
