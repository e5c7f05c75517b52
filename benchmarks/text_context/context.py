"""How well the triage tool reads how words are meant: on the sentences of this folder, beside medSpaCy's ConText.

python benchmarks/text_context/context.py                both halves, as tables of Markdown
python benchmarks/text_context/context.py --open         what is read wrong in the open half, one a line
python benchmarks/text_context/context.py --json FILE    the counts as JSON, to compare with later
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from preceptor.advice import Case, Request
from preceptor.supervision.figures import wilson
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.text import measures
from preceptor.tools.triage.text.normal import canonical
from preceptor.tools.triage.text.patterns import Match
from preceptor.tools.triage.text.scopes import Meant
from preceptor.tools.triage.text.senses import senses

HERE = Path(__file__).parent
LABELS = ("now", "negated", "uncertain", "other", "past")
AS_OF = datetime(2026, 3, 12, 9, tzinfo=UTC)
RESAMPLES = 2000
_DENYING = frozenset(["no", "not", "cannot", "never", "without", "none", "nothing", "hardly", "barely", "stopped"])
_MEANT = {Meant.NEGATED: "negated", Meant.OTHER: "other", Meant.PAST: "past", Meant.MIGHT_BE: "uncertain",
          Meant.POSSIBLE: "uncertain"}  # fmt: skip

Row = dict[str, Any]
Said = frozenset[str]


@dataclass(frozen=True)
class Counts:
    """For each sentence how many answers were right, given and wanted: what P, R and F1 are made of."""

    right: Sequence[int]
    given: Sequence[int]
    wanted: Sequence[int]

    def cells(self) -> str:
        """`wanted | P | R | F1`, each with its 95% interval: Wilson for P and R, bootstrap over sentences for F1."""
        right, given, wanted = sum(self.right), sum(self.given), sum(self.wanted)
        return f"{wanted} | {_share(right, given)} | {_share(right, wanted)} | {self._f1()}"

    def _f1(self) -> str:
        table = np.array([self.right, self.given, self.wanted], dtype=float).T
        if not table[:, 1:].sum():
            return "-"
        chosen = np.random.default_rng(7).integers(len(table), size=(RESAMPLES, len(table)))
        sums = table[chosen].sum(axis=1)
        drawn = 2 * sums[:, 0] / np.maximum(sums[:, 1] + sums[:, 2], 1)
        total = table.sum(axis=0)
        low, high = np.quantile(drawn, [0.025, 0.975])
        return f"{200 * total[0] / (total[1] + total[2]):.0f} ({100 * low:.0f}-{100 * high:.0f})"


def _share(count: int, n: int) -> str:
    if not n:
        return "-"
    interval = wilson(count, n)
    return f"{100 * count / n:.0f} ({100 * interval.low:.0f}-{100 * interval.high:.0f})"


def rows(name: str, half: str) -> list[Row]:
    """The labelled texts of one half, `open` or `reported`, by a digest of the text."""
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [row for row in map(json.loads, lines) if _half(row["text"]) == half]


def _half(text: str) -> str:
    return "open" if int(hashlib.sha256(text.encode()).hexdigest()[-1], 16) % 2 == 0 else "reported"


def read(text: str) -> Reading:
    """The text as a request, with nothing else known."""
    return Reading(Case(id="s", as_of=AS_OF, request=Request(text, None, None)), the_library().features)


# -- the labels of a phrase


def ours(row: Row) -> Said:
    """The labels that our reader gives to a phrase."""
    return _labels(*_phrase(row))


def _phrase(row: Row) -> tuple[Reading, Match]:
    reading = read(row["text"])
    for number, sentence in enumerate(reading.sentences):
        inside = [at for at, span in enumerate(sentence.spans) if span.start < row["end"] and row["start"] < span.end]
        if inside:
            words = sentence.words[inside[0] : inside[-1] + 1]
            return reading, Match(number, inside[0], inside[-1] + 1, not _DENYING.isdisjoint(words))
    raise ValueError(f"{row['target']!r} has no words")


def rules_go_by(row: Row) -> Said:
    """How rules take a phrase: of several labels the first, and doubt takes nothing away."""
    reading, match = _phrase(row)
    meant = reading.reader.meant(match)
    return frozenset({"now"} if meant is Meant.NOW else {_MEANT[meant]} if meant in _MEANT else ())


def _labels(reading: Reading, match: Match) -> Said:
    said = senses(reading.reader, match)
    labels = {_MEANT[sense] for sense in said if sense in _MEANT}
    if not said:
        labels.add("now")
    return frozenset(labels)


def reference() -> Callable[[Row], Said]:
    """The labels that ConText gave, as `reference.py` wrote them."""
    lines = map(json.loads, (HERE / "reference.jsonl").read_text("utf-8").splitlines())
    said = {(line["text"], line["start"]): frozenset(line["labels"] or ["now"]) for line in lines}
    return lambda row: said[row["text"], row["start"]]


def label_counts(sentences: Sequence[Row], reader: Callable[[Row], Said]) -> Iterator[tuple[str, Counts]]:
    answers = [reader(row) for row in sentences]
    wanted = [frozenset(row["labels"] or ["now"]) for row in sentences]
    for label in LABELS:
        judged = [
            (label in said, label in meant)
            for said, meant in zip(answers, wanted, strict=True)
            if "gone" not in meant or label not in ("negated", "past")  # of what has gone, either is right
        ]
        yield label, Counts([g and w for g, w in judged], [g for g, _ in judged], [w for _, w in judged])


# -- the other files: each gives (answers, wanted) of a text as sets


def duration(row: Row) -> tuple[int, int, int]:
    """Right within a tenth of what the words allow."""
    days = read(row["text"]).lasting
    wanted = row["days"]
    right = days is not None and wanted is not None and 0.9 * wanted[0] - 0.01 <= days <= 1.1 * wanted[1] + 0.01
    return right, days is not None, wanted is not None


def change(text: str) -> str:
    """As the tool takes it: getting worse before unchanged, and that before better."""
    reading = read(text)
    for name, feature in (("worse", "worsening"), ("same", "staying_same"), ("better", "getting_better")):
        if reading.feature(feature):
            return name
    return "none"


def severity(text: str) -> str:
    reading = read(text)
    return next((name for name in ("severe", "mild") if reading.feature(name)), "none")


def chosen(rows: Sequence[Row], field: str, value: Any, answers: Sequence[Any]) -> Counts:
    given = [answer == value for answer in answers]
    wanted = [row[field] == value for row in rows]
    return Counts([g and w for g, w in zip(given, wanted, strict=True)], given, wanted)


def age(row: Row) -> tuple[int, int, int]:
    """Every age taken for the patient's counts as given."""
    ages = set(read(row["text"]).ages)
    right = row["age"] is not None and any(abs(a - row["age"]) <= 0.1 * row["age"] + 0.001 for a in ages)
    return right, len(ages), row["age"] is not None


def sex(row: Row) -> tuple[int, int, int]:
    said = measures.sex_said(read(row["text"]).sentences)
    return said == row["sex"], said in ("female", "male"), row["sex"] is not None


def typing(row: Row) -> tuple[int, int, int]:
    """A word that rules know by its beginning is as good as put right when both spellings have that beginning."""
    library = the_library().features
    words = row["text"].split()
    if row["typed"] is None:
        as_typed = [" ".join(canonical(word.strip(".,").lower())).split() for word in words]
        changed = sum(tuple(library.spelling(each)) != (each,) for parts in as_typed for each in parts)
        return 0, changed, 0
    put = " ".join(spelt for word in canonical(row["typed"]) for spelt in library.spelling(word))
    meant = " ".join(canonical(row["meant"]))
    beginnings = tuple(w[:-1] for w in library.index.words if w.endswith("*") and meant.startswith(w[:-1]))
    right = put == meant or (bool(beginnings) and put.startswith(beginnings))
    return right, right or put != " ".join(canonical(row["typed"])), True


def summed(triples: Iterable[tuple[int, int, int]]) -> Counts:
    return Counts(*map(list, zip(*triples, strict=True)))


READERS = (("ours", ours), ("what rules go by", rules_go_by), ("ConText", reference()))


def measured(half: str) -> Iterator[tuple[str, str, Counts]]:
    """What is measured, who reads it, and the counts."""
    sentences = rows("sentences.jsonl", half)
    for style in ("patient", "clinician"):
        of_style = [row for row in sentences if row["style"] == style]
        for who, reader in READERS:
            for label, counts in label_counts(of_style, reader):
                yield f"{label} ({style}s' words)", who, counts
    for who, reader in READERS:
        for label, counts in label_counts(sentences, reader):
            yield label, who, counts
    yield "duration", "ours", summed(map(duration, rows("durations.jsonl", half)))
    changes = rows("change.jsonl", half)
    said = [change(row["text"]) for row in changes]
    for value in ("worse", "better", "same"):
        yield f"change: {value}", "ours", chosen(changes, "change", value, said)
    severities = rows("severity.jsonl", half)
    said = [severity(row["text"]) for row in severities]
    for value in ("severe", "mild"):
        yield f"severity: {value}", "ours", chosen(severities, "severity", value, said)
    people = rows("people.jsonl", half)
    yield "age", "ours", summed(map(age, people))
    yield "sex", "ours", summed(map(sex, people))
    yield "typing errors", "ours", summed(map(typing, rows("typing.jsonl", half)))


def wrong() -> Iterator[str]:
    """What is read wrong in the open half."""
    their = reference()
    for row in rows("sentences.jsonl", "open"):
        wanted = frozenset(row["labels"] or ["now"])
        said = ours(row)
        if said != wanted and not ("gone" in wanted and said & {"negated", "past"}):
            yield f"{sorted(wanted)} said {sorted(said)} ConText {sorted(their(row))}: {row['text']} [{row['target']}]"
    for name, judge in (("durations", duration), ("people", age), ("people", sex), ("typing", typing)):
        for row in rows(f"{name}.jsonl", "open"):
            right, given, wanted_one = judge(row)
            if not right == given == wanted_one:
                yield f"{judge.__name__}: {row}"
    for name, tell in (("change", change), ("severity", severity)):
        for row in rows(f"{name}.jsonl", "open"):
            if (said_one := tell(row["text"])) != row[name]:
                yield f"{row[name]} said {said_one}: {row['text']}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--open", action="store_true")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    if asked.open:
        print("\n".join(wrong()))
        return
    kept = {}
    for half in ("open", "reported"):
        print(f"\n{half} half\n\n| what | reader | n | P % | R % | F1 % |\n|---|---|---|---|---|---|")
        for what, who, counts in measured(half):
            print(f"| {what} | {who} | {counts.cells()} |")
            kept[f"{half}/{what}/{who}"] = [int(sum(c)) for c in (counts.right, counts.given, counts.wanted)]
    if asked.json:
        asked.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
