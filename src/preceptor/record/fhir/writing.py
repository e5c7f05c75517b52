"""Documents and messages: text that came with the record."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace

from preceptor.advice import Event, EventKind
from preceptor.record.fhir.codes import coded, coded_list, words
from preceptor.record.fhir.dates import moment
from preceptor.record.fhir.outcome import VOID
from preceptor.record.fhir.references import target
from preceptor.record.fhir.shapes import Node
from preceptor.record.fhir.source import Source, lines, notes, reasons
from preceptor.record.messages import FROM_PATIENT

# Not every codec of Python's gives text that can be stored.
_CHARSETS = ("utf-8", "us-ascii", "iso-8859-1", "windows-1252", "utf-16")
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)


def document(source: Source) -> list[Event]:
    node = source.node
    attachments = [content.node("attachment") for content in node.nodes("content")]
    titles = ", ".join(filter(None, (each.text("title") for each in attachments)))
    status = node.text("docStatus") if node.text("docStatus") in VOID else node.text("status")
    said = coded(node, "type")
    return [
        source.event(
            EventKind.DOCUMENT,
            said,
            moment(node, "date"),
            status=status,
            text=node.text("description") or said.text or titles or "Document",
            note=lines(*(attachment(each) for each in attachments)),
        )
    ]


def message(source: Source) -> list[Event]:
    node = source.node
    payloads = node.nodes("payload")
    categories = coded_list(node, "category")
    about = coded(node, "topic")
    codes = (*about.codes, FROM_PATIENT) if _is_patients(node) else about.codes
    status = node.text("status")
    return [
        source.event(
            EventKind.MESSAGE,
            replace(about, codes=codes),
            moment(node, "sent", "received"),
            status=status,
            text=about.text or reasons(node) or words(*categories) or "Message",
            note=lines(*(_payload(payload) for payload in payloads), notes(node)),
            unlike="Not sent" if status == "not-done" else "",
        )
    ]


def _is_patients(node: Node) -> bool:
    """True when the sender is the patient, or somebody who acts for them."""
    if node.data.get("sender") is None:
        return False
    kind, key = target(node.node("sender"))
    return kind in ("Patient", "RelatedPerson") or (bool(key) and key == target(node.node("subject"))[1])


def _payload(payload: Node) -> str:
    if payload.data.get("contentAttachment") is not None:
        return attachment(payload.node("contentAttachment"))
    if payload.data.get("contentReference") is not None:
        return f"[{payload.node('contentReference').text('display') or 'content held elsewhere'}]"
    return payload.text("contentString")


def attachment(node: Node) -> str:
    """The text of an attachment that is plain text and inline; any other is named, not decoded."""
    kind = node.text("contentType")
    if kind.partition(";")[0].strip().lower() == "text/plain" and node.data.get("data") is not None:
        text = _decoded(node, node.text("data"), kind)
        if text is not None:
            return lines(node.text("title"), text)
    named = ": ".join(filter(None, (kind or "attachment", node.text("title") or node.text("url"))))
    return f"[{named}]"


def _decoded(node: Node, data: str, kind: str) -> str | None:
    match = _CHARSET.search(kind)
    charset = match[1].lower() if match else "utf-8"
    if charset not in _CHARSETS:
        node.flag(f"an attached text has the character set {charset[:40]!r}, which is not known")
        return None
    try:
        written = base64.b64decode("".join(data.split()), validate=True)
        return written.decode(charset).replace("\0", "\ufffd").strip()
    except (binascii.Error, ValueError):
        node.flag("an attached text cannot be decoded")
        return None
