"""Results that asked for something, and nobody acted."""

from __future__ import annotations

from preceptor.advice import Priority
from preceptor.tools.watch.criteria import all_of
from preceptor.tools.watch.packs.sources import CANCER, OWN
from preceptor.tools.watch.watch import Watch
from preceptor.tools.watch.words import by_age, latest, no, referrals, results

_PACK = "results"

_POTASSIUM = results("potassium")
_PSA = results("psa")

WATCHES = (
    Watch(
        id="potassium_high_not_repeated",
        title="High potassium, not repeated",
        pack=_PACK,
        priority=Priority.TODAY,
        why="A high potassium can stop the heart; a spoilt sample is as likely, and only a repeat tells.",
        ask="Repeat the potassium now, or note why not. Look at medicines that raise it.",
        when=all_of(latest(_POTASSIUM) >= 5.8, latest(_POTASSIUM).days_ago(14)),
        source=OWN,
    ),
    Watch(
        id="psa_raised_not_repeated",
        title="Raised PSA, not repeated or referred",
        pack=_PACK,
        priority=Priority.THIS_WEEK,
        why="A PSA above the limit for the man's age may be cancer, and nothing after it shows that anybody acted.",
        ask="Repeat the PSA or refer; note the decision if neither is wanted.",
        when=all_of(
            latest(_PSA) > by_age((40, 2.5), (50, 3.5), (60, 4.5), (70, 6.5), until=80),
            latest(_PSA).days_ago(60),
            no(referrals()).since(_PSA.last),
        ),
        source=CANCER,
    ),
)
