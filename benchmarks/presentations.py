"""Whether each presentation is named when it is meant, and only then: the rules alone, over the synthetic examples.

    python benchmarks/presentations.py [--lines even|odd|all] [--worst N] [--sort needless|others|recall|id]

A presentation's recall is the share of its own examples, by patients and carers, in which it is named. In the others'
examples it may be named rightly (a rash beside a fever), so those columns say where to look and not what is wrong;
`too urgent` counts where it asks there for more than any acceptable answer, no red flag standing. The examples are
the project's own and synthetic: nothing here says how often real requests are read rightly.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from preceptor.advice import Urgency, most_urgent
from preceptor.tools.triage.assessing import assess_all
from preceptor.tools.triage.examples import Example, all_examples
from preceptor.tools.triage.library import Knowledge, the_library
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.red_flags import fired


@dataclass(frozen=True)
class Read:
    """What the rules make of one example: the urgency of each presentation named, and the red flags' floor."""

    example: Example
    named: dict[str, Urgency]
    floor: Urgency | None

    @property
    def urgency(self) -> Urgency:
        """The rules' most urgent; what they do not recognise is for a person today."""
        said = [*self.named.values(), *([self.floor] if self.floor else [])]
        return most_urgent(*said) if said else Urgency.SAME_DAY

    def too_urgent(self, urgency: Urgency) -> bool:
        """True when this asks for more than every acceptable answer."""
        return urgency.rank < min(answer.rank for answer in self.example.acceptable)

    def too_late(self, urgency: Urgency) -> bool:
        """True when this asks for less than every acceptable answer."""
        return urgency.rank > max(answer.rank for answer in self.example.acceptable)


@dataclass
class Tally:
    """How often one presentation was named."""

    own: int = 0
    own_named: int = 0
    others_named: int = 0
    others_too_urgent: int = 0

    @property
    def recall(self) -> float:
        return self.own_named / self.own if self.own else math.nan


def read(example: Example, known: Knowledge) -> Read:
    """One example by the rules alone."""
    reading = Reading(example.case, known.features)
    flags = fired(reading, known.rules)
    named = {a.presentation.id: a.urgency for a in assess_all(reading, known.presentations)}
    return Read(example, named, flags[0].urgency if flags else None)


def tallies(reads: Iterable[Read]) -> dict[str, Tally]:
    """For each presentation, how often it was named where it is meant and where another is."""
    counted: dict[str, Tally] = defaultdict(Tally)
    for one in reads:
        own = counted[one.example.presentation]
        own.own += 1
        own.own_named += one.example.presentation in one.named
        for name, urgency in one.named.items():
            if name != one.example.presentation:
                counted[name].others_named += 1
                counted[name].others_too_urgent += one.floor is None and one.too_urgent(urgency)
    return dict(counted)


def share(count: int, n: int) -> str:
    """A share with its 95% interval (Wilson)."""
    if not n:
        return "none"
    z, p = 1.96, count / n
    middle, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n)
    return f"{p:.1%} ({low:.1%} to {high:.1%}; {count:,} of {n:,})"


def print_overall(reads: list[Read]) -> None:
    """The whole in a few lines."""
    n = len(reads)
    over = [one for one in reads if one.too_urgent(one.urgency)]
    print(f"true presentation among those named  {share(sum(o.example.presentation in o.named for o in reads), n)}")
    print(f"nothing named and no red flag        {share(sum(not o.named and o.floor is None for o in reads), n)}")
    print(f"named, on average                    {sum(len(o.named) for o in reads) / n:.2f}")
    print(f"over-triage by the rules             {share(len(over), n)}")
    print(f"  of which no red flag stands        {share(sum(o.floor is None for o in over), n)}")
    print(f"  of which nothing was named         {share(sum(not o.named and o.floor is None for o in over), n)}")
    print(f"under-triage by the rules            {share(sum(o.too_late(o.urgency) for o in reads), n)}")


def print_table(counted: dict[str, Tally], sort: str, worst: int) -> None:
    """A line for each presentation, the worst first."""
    orders = {
        "needless": lambda row: (-row[1].others_too_urgent, -row[1].others_named),
        "others": lambda row: (-row[1].others_named, row[0]),
        "recall": lambda row: (row[1].recall, row[0]),
        "id": lambda row: row[0],
    }
    rows = sorted(counted.items(), key=orders[sort])
    print("\n| presentation | own | recall | named in others' | too urgent there |\n|---|---:|---:|---:|---:|")
    for name, tally in rows[:worst]:
        print(f"| {name} | {tally.own} | {tally.recall:.0%} | {tally.others_named} | {tally.others_too_urgent} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", choices=("even", "odd", "all"), default="all", help="lines of the examples' files")
    parser.add_argument("--worst", type=int, default=300, help="how many presentations to show")
    parser.add_argument("--sort", choices=("needless", "others", "recall", "id"), default="needless")
    chosen = parser.parse_args()
    wanted = {"even": (0,), "odd": (1,), "all": (0, 1)}[chosen.lines]
    known = the_library()
    reads = [
        read(example, known)
        for example in all_examples()
        if example.voice != "clinician" and int(example.id.rpartition(":")[2]) % 2 in wanted
    ]
    print(f"{len(reads):,} examples by patients and carers, {chosen.lines} lines; the rules alone\n")
    print_overall(reads)
    print_table(tallies(reads), chosen.sort, chosen.worst)


if __name__ == "__main__":
    main()
