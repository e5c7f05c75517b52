"""How a peak flow stands to the patient's best, as people write it: "150, usual 500", "150/500", "35% of best"."""

from __future__ import annotations

import re

from preceptor.tools.triage.text.measures import Measure
from preceptor.tools.triage.text.normal import Sentence

_NAME = r"(?:peak flows?|pefr?|peak expiratory flow(?: rate)?)"
_BEST = r"(?:best|usual|usually|normal|normally|used to be|does|do|predicted|expected)"
_FLOW = r"[1-8]\d\d"  # litres a minute, of a best
_SHARE = re.compile(
    rf" {_NAME}(?: (?!{_BEST} )[^ ]+){{0,4}}? (?P<now>\d{{2,3}})"
    rf"(?:(?: [^ ]+){{0,4}}? {_BEST}(?: [^ ]+){{0,3}}?|(?: out)? of|) (?P<best>{_FLOW})(?= )"
    rf"| {_NAME}(?: [^ ]+){{0,2}}? {_BEST}(?: [^ ]+){{0,2}}? (?P<best_first>{_FLOW})(?: [^ ]+){{0,6}}? "
    rf"(?:now|today|at|only|is|down to|currently)(?: [^ ]+){{0,2}}? (?P<now_last>\d{{2,3}})(?= )"
    rf"| {_NAME}(?: [^ ]+){{0,4}}? (?P<percent>\d{{2}})(?: percent)?(?: of)?(?: my| his| her| their)?"
    rf"(?: personal| previous)? {_BEST}(?= )"
)


def peak_flows(sentences: tuple[Sentence, ...]) -> tuple[Measure, ...]:
    """Peak flows as per cent of the patient's best; one without its best says nothing here."""
    found = []
    for number, sentence in enumerate(sentences):
        for match in _SHARE.finditer(sentence.line) if " pe" in sentence.line else ():
            percent = _percent(match)
            if percent is not None:
                first, last = sentence.words_at(match.start(), match.end())
                found.append(Measure(percent, sentence.span(first, last), number, first, last))
    return tuple(found)


def _percent(match: re.Match[str]) -> float | None:
    """None where the numbers can be no peak flow and its best."""
    if match["percent"]:
        return float(match["percent"])
    now, best = float(match["now"] or match["now_last"]), float(match["best"] or match["best_first"])
    return 100 * now / best if 30 <= now < best else None
