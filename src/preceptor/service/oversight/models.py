"""The standing of tools and what it rests on: terms, audits, incidents. Rows are added, never changed."""

from __future__ import annotations

from django.db import models

from preceptor.advice import Standing, Urgency
from preceptor.service.practices.models import OfPractice, Practice


class ToolStanding(models.Model):
    """One change of a tool version's standing at a practice: the last one holds."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    tool = models.CharField(max_length=100)
    version = models.CharField(max_length=50)
    standing = models.CharField(max_length=10, choices=[(s, s) for s in Standing])
    why = models.TextField()
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True)  # None: an alarm, or made with it
    alarm = models.BooleanField(default=False)  # an alarm took it down; nobody signs for that
    rests_on = models.JSONField(null=True)  # the figures as they were: see `gates.figures_of`
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        return f"{self.tool} {self.version}: {self.standing}"


class Terms(models.Model):
    """What a tool must reach at a practice, and how often decisions are audited: signed before anything is measured.

    A tool version is judged by the terms that held when the first truth about it was found: see `terms.terms_for`.
    """

    practice = models.ForeignKey(Practice, models.PROTECT)
    under_triage_limit = models.FloatField()  # the share of truly urgent requests that a tool may call less urgent
    margin = models.FloatField()  # non-inferiority
    subgroup_margin = models.FloatField()
    rsr_margin = models.FloatField()  # a fall of RSR by less than this is no fall
    audit = models.FloatField()  # probability that a decision is audited where anything said "not urgent"
    follow_up = models.FloatField()  # and where the decision and every tool said urgent
    why = models.TextField()
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        return f"terms {self.pk}"


class AuditDraw(models.Model):
    """The lot that was cast over the first decision on a request, whether it was drawn for the audit or not."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    request = models.OneToOneField("requests.Request", models.PROTECT, related_name="audit_draw")
    decision = models.OneToOneField("requests.Decision", models.PROTECT, related_name="audit_draw")
    probability = models.FloatField()  # fixed before the lot was cast
    lot = models.FloatField()  # from 0 to 1, evenly: drawn where it is below the probability
    drawn = models.BooleanField()
    sample = models.ForeignKey("AuditSample", models.PROTECT, null=True, related_name="draws")  # that it was part of
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPractice.as_manager()

    class Meta:
        indexes = [models.Index(fields=["practice", "drawn"])]

    def __str__(self) -> str:
        return f"{self.request_id}: {'drawn' if self.drawn else 'not drawn'} at {self.probability}"


class AuditSample(models.Model):
    """Something drifted, so that more of the decisions from here on are audited: never anything else.

    It is kept before the first lot that it raises is cast; `probability` is recorded with each of those lots again.
    """

    practice = models.ForeignKey(Practice, models.PROTECT)
    cause = models.CharField(max_length=200)  # what drifted: "words", or "scores triage 1.0.0"
    why = models.TextField()  # the figures
    probability = models.FloatField()  # that a decision is drawn, where the terms have a lower one
    decisions = models.PositiveIntegerField()  # over how many first decisions
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        return f"{self.decisions} decisions at {self.probability}: {self.cause}"


class AuditAnswer(models.Model):
    """What an auditor says would have been right: an outcome. `urgency` is empty where it cannot be told."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    draw = models.OneToOneField(AuditDraw, models.PROTECT, related_name="answer")
    auditor = models.ForeignKey("accounts.User", models.PROTECT)
    urgency = models.CharField(max_length=10, blank=True, choices=[(u, u) for u in Urgency])
    note = models.TextField(blank=True)
    blind = models.BooleanField()  # they had not opened the request, where decision and advice stand
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        return f"{self.urgency or 'cannot be told'} of {self.draw_id}"


class KnownBy(models.TextChoices):
    """How it is known what would have been right, where no audit said it."""

    SENIOR_REVIEW = "senior_review", "Senior review"
    LATER_EVENT = "later_event", "Later event"


class Outcome(models.Model):
    """What would have been right for a request as it first came, as somebody found out; the last of a request holds.

    They are recorded where something came to light, so they are no sample: no rate is estimated from them.
    """

    practice = models.ForeignKey(Practice, models.PROTECT)
    request = models.ForeignKey("requests.Request", models.PROTECT, related_name="outcomes")
    by = models.ForeignKey("accounts.User", models.PROTECT)
    urgency = models.CharField(max_length=10, choices=[(u, u) for u in Urgency])
    known_by = models.CharField(max_length=20, choices=KnownBy)
    known_on = models.DateField()  # the day on which it happened, or was reviewed
    what = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        return f"{self.urgency} of {self.request_id}"


class Severity(models.TextChoices):
    """As DCB0129's guidance names them."""

    MINOR = "minor", "Minor"
    SIGNIFICANT = "significant", "Significant"
    CONSIDERABLE = "considerable", "Considerable"
    MAJOR = "major", "Major"
    CATASTROPHIC = "catastrophic", "Catastrophic"


class Incident(models.Model):
    """Something went wrong, or nearly: as a member of staff reported it."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    title = models.CharField(max_length=200)
    what = models.TextField()
    severity = models.CharField(max_length=12, choices=Severity)  # of the harm that was done, or could have been
    harmed = models.BooleanField()  # somebody was
    tool = models.CharField(max_length=100, blank=True)
    hazard = models.CharField(max_length=10, blank=True)  # of the log
    reported_by = models.ForeignKey("accounts.User", models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        return self.title


class IncidentNote(models.Model):
    """What was found or done about an incident; the last that closes or opens it holds."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="notes")
    text = models.TextField()
    closes = models.BooleanField(default=False)
    by = models.ForeignKey("accounts.User", models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        return f"note {self.pk} on incident {self.incident_id}"


class WordsLook(models.Model):
    """One comparison of the words of earlier and later requests: see `supervision.drift.text_drift`."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    earlier_to = models.DateTimeField()  # earlier requests came before this moment, later ones from it on
    n = models.PositiveIntegerField()  # different texts
    auc = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    p = models.FloatField(null=True)
    words = models.TextField()
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True)  # None: the service, by itself
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        return self.words


class Deprivation(models.Model):
    """The decile of a patient's area by the English Index of Multiple Deprivation, as the practice said last."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    patient = models.OneToOneField("patients.Patient", models.CASCADE, related_name="deprivation")
    decile = models.PositiveSmallIntegerField()  # 1, the most deprived tenth of areas, to 10
    at = models.DateTimeField()

    objects = OfPractice.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(decile__range=(1, 10)), name="a_decile_is_1_to_10")]

    def __str__(self) -> str:
        return f"{self.decile} of 10"


class CardShowing(models.Model):
    """A card of findings was put before a clinician, the first time in a session: for the measures of alert fatigue.

    These are read of the practice as a whole, never of one person.
    """

    practice = models.ForeignKey(Practice, models.PROTECT)
    clinician = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    finding = models.ForeignKey("findings.Finding", models.CASCADE, related_name="+")  # that led the card
    at = models.DateTimeField()

    objects = OfPractice.as_manager()

    class Meta:
        indexes = [models.Index(fields=["practice", "at"])]

    def __str__(self) -> str:
        return f"{self.finding_id} before {self.clinician_id}"
