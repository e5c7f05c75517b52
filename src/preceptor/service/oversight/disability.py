"""Disability, as far as a record holds it: coded conditions that commonly limit daily life, and flags that say so.

Most disability is not coded. "None coded" therefore says what a record holds, and nothing of the person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q

from preceptor.advice import EventKind
from preceptor.record.concepts import narrower
from preceptor.service.patients.models import Event
from preceptor.service.practices.models import Practice

AT_ONCE = 5_000  # patients in one query: databases limit how many a query may name
CODED, NONE_CODED = "coded in the record", "none coded"

# Our reading of what commonly limits daily life, among the concepts that there are; reviewed by no clinician.
LIMITING = (
    "learning_disability", "dementia", "sight_impairment", "hearing_loss", "housebound", "multiple_sclerosis",
    "parkinsons_disease",
)  # fmt: skip
# FHIR's, of conditions and flags.
_OVER = frozenset({"inactive", "resolved", "remission", "refuted", "entered-in-error"})

Known = tuple[datetime | None, datetime | None]  # from when and to when; None is not told


def disabilities(practice: Practice, patients: Iterable[int]) -> Mapping[int, list[Known]]:
    """When each of these patients, by primary key, had something coded that says that they are disabled."""
    coded = {slug for broad in LIMITING for slug in narrower(broad)}
    says_so = Q(kind=EventKind.CONDITION, concept__in=coded) | (
        Q(kind=EventKind.FLAG) & (Q(text__icontains="reasonable adjust") | Q(note__icontains="reasonable adjust"))
    )
    rows = Event.objects.of(practice).filter(says_so, void=False).exclude(status__in=_OVER)
    found: dict[int, list[Known]] = defaultdict(list)
    wanted = sorted(set(patients))
    for start in range(0, len(wanted), AT_ONCE):
        of_some = rows.filter(patient__in=wanted[start : start + AT_ONCE])
        for patient, when, end in of_some.values_list("patient_id", "when", "end"):
            found[patient].append((when, end))
    return found


def disability_at(known: Iterable[Known], moment: datetime) -> str:
    """What the record held of it when the request came; an entry without a date counts."""
    held = any((when is None or when <= moment) and (end is None or end > moment) for when, end in known)
    return CODED if held else NONE_CODED
