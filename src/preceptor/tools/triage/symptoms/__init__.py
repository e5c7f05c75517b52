"""The symptom tool: what a patient says, looked up in the presentation library. It informs; a person decides.

>>> answer = look_up("itchy eye")
>>> answer.presentations[0].title, str(answer.presentations[0].usual)
('Sore, sticky or itchy eye', 'self_care')
"""

from preceptor.tools.triage.symptoms.answer import (
    Answer,
    Change,
    Completion,
    Flag,
    Origin,
    PharmacyFirst,
    Quote,
    Recognised,
    WouldChange,
    as_json,
)
from preceptor.tools.triage.symptoms.looking import LONGEST, CannotLookUp, look_up

__all__ = [
    "LONGEST",
    "Answer",
    "CannotLookUp",
    "Change",
    "Completion",
    "Flag",
    "Origin",
    "PharmacyFirst",
    "Quote",
    "Recognised",
    "WouldChange",
    "as_json",
    "look_up",
]
