"""Triage: how soon should somebody act on a patient's request? In the light of the words and of the whole record."""

from preceptor.tools.triage.red_flags import red_flags_in
from preceptor.tools.triage.related import Related, related_events
from preceptor.tools.triage.tool import Triage

__all__ = ["Related", "Triage", "red_flags_in", "related_events", "tool"]

tool = Triage()
