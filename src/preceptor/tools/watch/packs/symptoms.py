"""Symptoms that come back, and symptoms that change."""

from __future__ import annotations

from preceptor.advice import EventKind, Priority
from preceptor.tools.watch.criteria import Criterion, When, all_of, any_of, holds
from preceptor.tools.watch.nodes import Selection
from preceptor.tools.watch.packs.sources import OWN
from preceptor.tools.watch.watch import Watch
from preceptor.tools.watch.words import (
    aged,
    before,
    count_in,
    entries,
    in_the_last,
    no,
    referrals,
    up_to,
)

_OLD = 183  # days: a symptom that has been there for so long
_NEW = 92  # days: a feature that came so lately
_QUIET = 1095  # days before it without such a feature

# What turns a familiar symptom into another story.
_ALARMS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("back_pain",): ("urinary_retention", "urinary_incontinence", "numbness", "weakness", "weight_loss", "fever",
                     "night_sweats"),
    ("headache",): ("visual_loss", "visual_disturbance", "weakness", "confusion", "vomiting", "weight_loss", "fever"),
    ("abdominal_pain", "bloating"): ("weight_loss", "appetite_loss", "rectal_bleeding", "jaundice", "abdominal_mass",
                                     "haematemesis", "dysphagia"),
    ("indigestion", "heartburn"): ("dysphagia", "weight_loss", "haematemesis", "vomiting", "abdominal_mass"),
    ("constipation", "diarrhoea", "irritable_bowel_syndrome"): ("rectal_bleeding", "weight_loss", "abdominal_mass"),
    ("cough", "hoarseness", "sore_throat"): ("haemoptysis", "weight_loss", "night_sweats", "dysphagia"),
    ("fatigue",): ("weight_loss", "night_sweats", "swollen_glands", "breathlessness"),
}  # fmt: skip


def _symptom(name: str, title: str, priority: Priority, why: str, ask: str, when: When) -> Watch:
    return Watch(id=name, title=title, pack="symptoms", priority=priority, why=why, ask=ask, when=when, source=OWN)


def _coded(*symptoms: str) -> Selection:
    return entries(EventKind.CONDITION, EventKind.ENCOUNTER, about=symptoms)


def _new_alarm(symptoms: tuple[str, ...], features: tuple[str, ...]) -> Criterion:
    """A feature of the last months, none such in the three years before it, in somebody who has had the symptom for
    half a year by then and has not been referred since the feature came."""
    alarms = _coded(*features)
    came = in_the_last(_NEW, alarms).first
    old = before(came, _coded(*symptoms))
    new = up_to(_QUIET, came, alarms).count.is_(0)
    long_known = (came.day - old.first.day >= _OLD).or_else(False)
    return holds(f"{_coded(*symptoms).title}: known for half a year, and now {_coded(*features).title.lower()}",
                 long_known & new & no(referrals()).since(came).met, came.day, old.first, came)  # fmt: skip


WATCHES = (
    _symptom(
        "new_alarm_feature_in_an_old_symptom",
        "A new alarm feature in an old symptom",
        Priority.THIS_WEEK,
        "A symptom that everybody has grown used to has changed: what was ruled out was ruled out before that.",
        "See it as a new symptom: ask, examine, test or refer.",
        all_of(aged(18), any_of(*(_new_alarm(symptoms, features) for symptoms, features in _ALARMS.items()))),
    ),
    _symptom(
        "third_contact_for_the_same_symptom",
        "Third contact for the same symptom in 3 months",
        Priority.ROUTINE,
        "Coming back a third time with the same thing is a warning in itself.",
        "Think again from the start; examine; ask a colleague.",
        any_of(
            *(
                count_in(92, _coded(symptom), 3)
                for symptom in ("abdominal_pain", "back_pain", "headache", "cough", "fatigue", "bloating")
            )
        ),
    ),
)  # fmt: skip
