"""The live metrics that the hazard log names: each a figure of the practice's own, in words, with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from preceptor import tools as installed
from preceptor.advice import URGENCIES, Urgency
from preceptor.service.oversight import tables
from preceptor.service.oversight.auditing import waiting_since
from preceptor.service.oversight.gates import alarms_that_hold
from preceptor.service.oversight.measuring import Gates, gates
from preceptor.service.oversight.models import AuditAnswer
from preceptor.service.oversight.pace import pace
from preceptor.service.oversight.telling import points_in_words, share_in_words
from preceptor.service.practices.models import Practice
from preceptor.service.requests.inbox import OPEN
from preceptor.service.requests.models import Checked, Decision, Request
from preceptor.supervision.figures import share
from preceptor.supervision.reliance import reliance
from preceptor.supervision.subgroups import Answer

LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Metric:
    """`words` say the figure with its n and interval, or why there is none."""

    title: str
    words: str


def metrics_of(practice: Practice) -> dict[str, Metric]:
    """Every metric by its name, as of now."""
    cards = [tool.card for tool in installed.found().values() if tuple(tool.card.scale) == URGENCIES]
    named = {f"{card.tool} {card.version}": gates(practice, card.tool, card.version) for card in cards}
    found = {name: Metric(title, made(practice)) for name, (title, made) in METRICS.items()}
    for name, (title, said) in OF_TOOLS.items():
        words = ". ".join(f"{tool}: {said(held)}" for tool, held in named.items())
        found[name] = Metric(title, words or "no tool is installed")
    return found


def _under_triage(held: Gates) -> str:
    return held.measured.watch.words if held.measured.watch else "not measured"


def _over_reliance(held: Gates) -> str:
    return f"wrong advice followed: {share_in_words(reliance(tables.decisions(held.audited.even)).over_reliance)}"


def _subgroups(held: Gates) -> str:
    found = held.measured.subgroups
    if found is None or not found.groups:
        return "no group can be judged yet"
    counts = {answer: len(found.answered(answer)) for answer in Answer}
    return ", ".join(f"{count} {answer.value}" for answer, count in counts.items() if count)


def _recent(practice: Practice) -> Q:
    return Q(practice=practice, received__gte=timezone.now() - LATELY)


def _below_red_flag(practice: Practice) -> str:
    flagged = Decision.objects.filter(
        request__practice=practice, at__gte=timezone.now() - LATELY, request__floor__in=list(URGENCIES)
    ).annotate(floor=F("request__floor"))
    pairs = list(flagged.values_list("urgency", "floor"))
    below = sum(not Urgency(urgency).at_least(Urgency(floor)) for urgency, floor in pairs)
    return f"decided below their red flag, in 90 days: {share_in_words(share(below, len(pairs)))}"


def _waiting(practice: Practice) -> str:
    waiting = Request.objects.of(practice).filter(state__in=OPEN).order_by("received")
    oldest = waiting.first()
    if oldest is None:
        return "nothing waits"
    days = (timezone.now() - oldest.received).days
    return f"{waiting.count():,} wait, the oldest for {days} {'day' if days == 1 else 'days'}"


def _failed(column: str, what: str) -> Callable[[Practice], str]:
    def made(practice: Practice) -> str:
        recent = Request.objects.of(practice).filter(_recent(practice))
        failed = recent.filter(**{column: Checked.FAILED}).count()
        done = recent.filter(**{column: Checked.DONE}).count()
        return f"{what}, in 90 days: {share_in_words(share(failed, failed + done))}"

    return made


def _alarms(practice: Practice) -> str:
    held = alarms_that_hold(practice)
    return (
        f"{len(held)} tool versions stand where an alarm put them" if held else "no tool stands where an alarm put it"
    )


def _audits_waiting(practice: Practice) -> str:
    count, since = waiting_since(practice)
    return f"{count:,} drawn audits wait, the oldest since {since:%d %b %Y}" if since else "no drawn audit waits"


def _audits_blind(practice: Practice) -> str:
    answers = AuditAnswer.objects.of(practice)
    blind = share(answers.filter(blind=True).count(), answers.count())
    return f"answered without having opened the request: {share_in_words(blind)}"


def _alert_fatigue(practice: Practice) -> str:
    found = pace(practice).fatigue
    by_load = points_in_words(found.dismissed_by_load)
    return f"dismissed: {share_in_words(found.dismissed)}; with twice the cards an hour: {by_load}"


OF_TOOLS: Mapping[str, tuple[str, Callable[[Gates], str]]] = {
    "under_triage": ("Under-triage", _under_triage),
    "over_reliance": ("Over-reliance", _over_reliance),
    "subgroups": ("Subgroups", _subgroups),
}
METRICS: Mapping[str, tuple[str, Callable[[Practice], str]]] = {
    "below_red_flag": ("Decisions below a red flag", _below_red_flag),
    "waiting": ("Requests that wait", _waiting),
    "not_checked": ("Not checked for red flags", _failed("red_flags_checked", "could not be checked")),
    "not_assessed": ("Not assessed", _failed("assessed", "no tool gave advice")),
    "alarms": ("Alarms that hold", _alarms),
    "audits_waiting": ("Audits that wait", _audits_waiting),
    "alert_fatigue": ("Alert fatigue", _alert_fatigue),
    "audits_blind": ("Audits answered blind", _audits_blind),
}
