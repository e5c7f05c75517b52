"""Patient resources: who a record is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from preceptor.advice import Patient, Precision
from preceptor.record.check_digits import valid_nhs_number
from preceptor.record.fhir.codes import coded, of_coding
from preceptor.record.fhir.dates import day
from preceptor.record.fhir.outcome import Person
from preceptor.record.fhir.references import nhs_number
from preceptor.record.fhir.shapes import Node, fitted

_SEXES = ("male", "female", "other", "unknown")
_ETHNICITY = ("Extension-UKCore-EthnicCategory", "us-core-race")
_INTERPRETER = ("patient-interpreterRequired",)
_NAME_USES = ("official", "usual", "", "temp", "nickname", "anonymous", "maiden", "old")
_CONTACT_USES = ("mobile", "home", "", "temp", "work", "billing", "old")


def person(resource: Node, key: str, now: datetime) -> Person:
    """What a Patient resource says. What cannot be trusted is left out and flagged."""
    name = _first(resource, "name", _NAME_USES)
    family, given = name.text("family"), " ".join(filter(None, name.texts("given")))
    given = given if family or given else name.text("text")
    sex = resource.text("gender") or "unknown"
    if sex not in _SEXES:
        resource.flag(f"gender {sex[:40]!r} is not one of {', '.join(_SEXES)}")
        sex = "unknown"
    born, precision = day(resource, "birthDate")
    if born and precision in (Precision.YEAR, Precision.MONTH):
        resource.flag(f"only part of the date of birth was sent ({resource.text('birthDate')}): kept as {born}")
    if born and born > now.date():
        resource.flag(f"birthDate {born} is in the future")
        born = None
    died, _ = day(resource, "deceasedDateTime")
    if resource.truth("deceasedBoolean"):
        resource.flag("has died; the date was not sent")
    if born and died and died < born:
        resource.flag(f"died {died}, before being born {born}")
    for link in resource.nodes("link"):
        if link.text("type") == "replaced-by":
            resource.flag(f"is replaced by {link.node('other').text('reference')[:100]}")
    return Person(
        Patient(key, " ".join(filter(None, (given, family))), born, sex, nhs_number=_nhs_number(resource), died=died),
        family_name=fitted(resource, "the family name", family, 200),
        given_names=fitted(resource, "the given names", given, 200),
        title=fitted(resource, "the title", " ".join(filter(None, name.texts("prefix"))), 50),
        telephone=fitted(resource, "the telephone number", _telephone(resource), 100),
        address=fitted(resource, "the address", _address(resource), 500),
        ethnicity=fitted(resource, "the ethnicity", _ethnicity(resource), 200),
        language=fitted(resource, "the language", _language(resource), 100),
    )


def _first(resource: Node, name: str, uses: tuple[str, ...]) -> Node:
    """The entry of a list whose `use` comes first in this order; the first of these as sent."""
    nodes = resource.nodes(name)
    ranks = {use: rank for rank, use in enumerate(uses)}
    return min(nodes, key=lambda node: ranks.get(node.text("use"), len(uses)), default=Node({}, resource.problems))


def _nhs_number(resource: Node) -> str:
    sent = {
        number
        for identifier in resource.nodes("identifier")
        if identifier.text("use") != "old" and (number := nhs_number(identifier))
    }
    for number in sorted(sent):
        if not valid_nhs_number(number):
            resource.flag(f"{number[:40]!r} is not a valid NHS number, and was left out")
    valid = sorted(number for number in sent if valid_nhs_number(number))
    if len(valid) > 1:
        resource.flag(f"has {len(valid)} NHS numbers ({', '.join(valid)}); none was kept")
    return valid[0] if len(valid) == 1 else ""


def _telephone(resource: Node) -> str:
    ranks = {use: rank for rank, use in enumerate(_CONTACT_USES)}
    phones = [each for each in resource.nodes("telecom") if each.text("system") in ("phone", "sms")]
    phones.sort(key=lambda each: ranks.get(each.text("use"), len(ranks)))
    return phones[0].text("value") if phones else ""


def _address(resource: Node) -> str:
    address = _first(resource, "address", ("home", "", "temp", "work", "billing", "old"))
    lines = [*address.texts("line"), *(address.text(part) for part in ("city", "district", "postalCode"))]
    return ", ".join(filter(None, lines)) or address.text("text")


def _extensions(resource: Node, names: tuple[str, ...]) -> Iterator[Node]:
    if resource.data.get("extension"):
        for extension in resource.nodes("extension"):
            if extension.text("url").rpartition("/")[2] in names:
                yield extension


def _ethnicity(resource: Node) -> str:
    for extension in _extensions(resource, _ETHNICITY):
        parts = [extension, *extension.nodes("extension")]
        for part in parts:
            if said := coded(part, "valueCodeableConcept").text or part.text("valueString"):
                return said
        for part in parts:
            if said := of_coding(part.node("valueCoding")).text:
                return said
    return ""


def _language(resource: Node) -> str:
    entries = resource.nodes("communication")
    entries.sort(key=lambda entry: not entry.truth("preferred"))
    said = coded(entries[0], "language").text if entries else ""
    if any(extension.truth("valueBoolean") for extension in _extensions(resource, _INTERPRETER)):
        return f"{said or 'Language not told'} (interpreter needed)"
    return said
