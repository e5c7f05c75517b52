"""Many practices pool what they learnt: is it as good as if their decisions lay in one place? And one that cheats?

    python benchmarks/learning/sharing.py [SEEDS]

Twenty-four practices, of 100, 400 and 1,600 decisions, each fit alone and send a signed update; whoever keeps the
shared model pools them by the very code that `preceptor pool` runs: signatures and digests are checked, a practice has
5% of the weight at most. "champion": nothing learnt. "alone": each practice by itself, the mean. "pooled": the new
starting point. "adapted": the practices fit from it, the mean. "one place": all lessons in one fit, which no group of
practices may do. "hostile": three of the 24 send what misses emergencies, as far as an update may reach, and state a
weight of nine tenths. "young" champions learnt from a tenth of the shared rows, so there is something to learn.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from worlds import like, measured, seed_by_seed, world

from preceptor.learning.fitting import fit
from preceptor.learning.lessons import lessons_of
from preceptor.learning.moving import Defences
from preceptor.learning.pooling import REACH, pool, update_of
from preceptor.learning.simulation import Practice, team
from preceptor.learning.updates import Foundation, Update, read_update, write_update
from preceptor.signing import keyid_of
from preceptor.tools.triage.card import VERSION

SIZES = ((100, 2), (400, 4), (1_600, 8))
PRACTICES = 24
HOSTILE = 3
ADAPTED = 6  # of the practices: two of each size
ALL = Defences(held_for=timedelta(0))
ON = Foundation("0" * 64)  # each world has a champion of its own, which no release ships
FIELDS = ("seed", "champion", "how", "acceptable", "under", "recall_alone", "weight", "set_aside", "shortened")


def sent(update: Update) -> tuple[bytes, str]:
    """An update as its practice signs it, and the id of the key."""
    key = Ed25519PrivateKey.generate()
    return write_update("triage", VERSION, update, ON, {}, key), keyid_of(key.public_key())


def run(seed: int, rows) -> list[dict]:
    found = []
    for name, learnt in (("as shipped", 1.0), ("young", 0.1)):
        place = world(rows, like(), seed, learnt)
        calls = place.champion.calls(place.asked.inputs, place.asked.floors)
        spread = np.maximum(place.shared.learned.inputs.std(axis=0), 0.05)[:, None]

        def note(how: str, stages, pooled=None, name=name, place=place) -> None:
            each = [measured(stage, place.test) for stage in stages]
            parts = pooled.parts if pooled else ()
            found.append(
                {"seed": seed, "champion": name, "how": how,
                 **{what: float(np.mean([getattr(m, what) for m in each]))
                    for what in ("acceptable", "under", "recall_alone")},
                 "weight": sum(part.weight for part in parts), "set_aside": sum(bool(part.alarm) for part in parts),
                 "shortened": sum(part.shortened for part in parts)}
            )  # fmt: skip

        lessons, fitted, updates = [], [], []
        for at in range(PRACTICES):
            n, people = SIZES[at % len(SIZES)]
            luck = np.random.default_rng([37, seed, at])
            practice = Practice(f"p{at}", team(people, 0.4, luck, f"p{at}"), place.asked)
            lessons.append(lessons_of(practice.decisions(n, calls, luck)))
            made = fit(place.shared, lessons[-1], place.champion, home=f"p{at}", defences=ALL)
            fitted.append(made.stage)
            updates.append(update_of("", place.champion, made.fitted, made.report.weight, made.report.used))

        def pooled_of(each: list[Update], place=place):
            files = [sent(update) for update in each]
            trusted = {keyid: keyid for _, keyid in files}
            read = [read_update(content, "triage", ON, trusted) for content, _ in files]
            return pool(place.shared, place.champion, read)

        note("champion", [place.champion])
        note("alone", fitted)
        honest = pooled_of(updates)
        note("pooled", [honest.stage], honest)
        note("adapted", [fit(place.shared, lessons[at], honest.stage, home=f"p{at}", defences=ALL).stage
                         for at in range(ADAPTED)])  # fmt: skip
        together = [lesson for each in lessons for lesson in each]
        note("one place", [fit(place.shared, together, place.champion, defences=ALL).stage])
        # Whatever speaks for an emergency now is turned down, at the full reach of a twentieth of the weight.
        down = np.zeros_like(place.champion.slopes)
        down[:, 0] = -place.champion.slopes[:, 0]
        length = float(np.sqrt(((down * spread) ** 2).mean()))
        down *= REACH * np.sqrt(0.05) / length
        hostile = Update("", down, np.zeros(down.shape[1]), 0.9, 100_000)
        beset = pooled_of([*updates[:-HOSTILE], *[hostile] * HOSTILE])
        note("hostile", [beset.stage], beset)
    return found


if __name__ == "__main__":
    seed_by_seed("sharing", FIELDS, run)
