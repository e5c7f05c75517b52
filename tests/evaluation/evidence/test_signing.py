"""What is signed is proven whole; any one changed byte is found, and what it changed is named."""

from __future__ import annotations

import base64
import json
import re
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from evaluation.evidence.conftest import KEY, STRANGER, Made
from evaluation.parrot import CARD, NOW, Parrot
from preceptor.evaluation.evaluation import evaluate
from preceptor.evaluation.evidence.identity import identity
from preceptor.evaluation.evidence.statement import evaluation_statement, read_registration, register
from preceptor.evaluation.evidence.thresholds import Threshold
from preceptor.evaluation.evidence.verifying import verify
from preceptor.evaluation.labelled import CannotUse
from preceptor.signing import (
    CannotSign,
    canonical,
    keyid_of,
    make_key,
    opened,
    pae,
    private_key,
    public_key,
    sign,
    written,
)

SHORT = written(sign("urn:test:1", [{"name": "x", "digest": {"sha256": "0" * 64}}], {"a": 0.1, "b": "é"}, KEY, "me"))


def test_a_statement_is_proven_whole_by_whom_it_is_and_about_what_is_here(made: Made, parrot: Parrot) -> None:
    found = verify(made.content, [KEY.public_key()], {"parrot": parrot}, made.data)

    assert found.proven
    assert {check.part: check.well for check in found.checks} == {
        "signature": True, "key": True, "tool": True, "card": True, "data": True, "thresholds": True,
    }  # fmt: skip
    statement = found.statement
    assert (statement["_type"], statement["predicateType"]) == (
        "https://in-toto.io/Statement/v1",
        "urn:preceptor:evaluation:1",
    )
    assert all(re.fullmatch("[0-9a-f]{64}", each["digest"]["sha256"]) for each in statement["subject"])
    said = found.predicate
    assert said["results"]["measures"]["acceptable"]["count"] == 73
    assert [row["verdict"] for row in said["thresholds"]["judged"]] == ["passed", "not passed"]
    assert said["population"]["n"] == 81
    assert said["population"]["counts"]["sex"] == {"female": 40, "male": 40, "not given": 1}
    assert said["population"]["counts"]["age"]["80 and over"] == 1
    assert said["population"]["counts"]["urgency"] == {"emergency": 1, "soon": 80}


def test_no_id_and_no_word_of_a_patient_travels_nor_figures_of_a_few(made: Made) -> None:
    payload = base64.b64decode(json.loads(made.content)["payload"])

    assert b"secret" not in payload
    rows = json.loads(payload)["predicate"]["results"]["groups"]["rows"]
    assert rows
    assert all(row["n"] >= 10 for row in rows)


def test_the_encoding_that_is_signed_is_that_of_dsse() -> None:
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    envelope = json.loads(SHORT)
    body = base64.b64decode(envelope["payload"])
    # Another program needs nothing but the envelope and the key.
    KEY.public_key().verify(
        base64.b64decode(envelope["signatures"][0]["sig"]), pae("application/vnd.in-toto+json", body)
    )
    assert envelope["signatures"][0]["keyid"] == keyid_of(KEY.public_key())


def part_at(content: bytes, place: int) -> str:
    """Which value of the envelope holds this byte; "envelope" where it is none's."""
    for name in ("payload", "payloadType", "keyid", "sig"):
        value = re.search(rb'"%s": "([^"]*)"' % name.encode(), content)
        assert value is not None
        if value.start(1) <= place < value.end(1):
            return {"sig": "signature"}.get(name, name)
    return "envelope"


@settings(max_examples=400)
@given(st.integers(0, len(SHORT) - 1), st.integers(1, 255))
@example(SHORT.index(b'"sig": "') + 8 + 85, 1)  # the last letter of the signature, with two bits that mean nothing
@example(len(SHORT) - 1, 1)
@example(747, 1)  # a letter of the public key, within the payload
@example(SHORT.index(b'"payload": "') + 12 + 985, 2)  # a letter of the predicate's type
def test_any_one_changed_byte_is_found_and_what_it_changed_is_named(place: int, change: int) -> None:
    changed = bytearray(SHORT)
    changed[place] ^= change

    parts = {each.part for each in opened(bytes(changed)).altered}

    wanted = part_at(SHORT, place)
    is_text = 0x20 <= changed[place] < 0x7F and chr(changed[place]) not in '"\\'
    assert parts == ({wanted} if is_text else {"envelope"})


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_one_changed_byte_of_a_real_statement_is_found(made: Made, data: st.DataObject) -> None:
    changed = bytearray(made.content)
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))

    found = verify(bytes(changed), [KEY.public_key()], {})

    assert not found.proven
    assert found.altered
    assert not found.statement


@given(st.binary(max_size=60))
@example(b"[]")
@example(b"[" * 50_000)
@example(b'{"payload": 1, "payloadType": 1, "signatures": [{"keyid": 1, "sig": 1}]}')
@example(b"\xff\xfe")
def test_what_is_no_envelope_is_said_to_be_none(content: bytes) -> None:
    assert {each.part for each in opened(content).altered} == {"envelope"}


def rewritten(content: bytes, change: str, to: str) -> bytes:
    """The envelope with words of its payload replaced, as somebody without the key would."""
    envelope = json.loads(content)
    payload = base64.b64decode(envelope["payload"]).decode()
    assert change in payload
    envelope["payload"] = base64.b64encode(payload.replace(change, to).encode()).decode()
    return written(envelope)


def test_the_part_of_the_payload_that_was_rewritten_is_named(made: Made) -> None:
    better = rewritten(made.content, '"count":73', '"count":81')

    words = [each.words for each in opened(better).altered]

    assert words == ["results is not what its digest says", "thresholds is not what its digest says"]


def test_rewriting_the_digests_as_well_is_of_no_use(made: Made) -> None:
    envelope = json.loads(made.content)
    statement = json.loads(base64.b64decode(envelope["payload"]))
    parts = {k: v for k, v in statement["predicate"].items() if k not in ("digests", "signed_by")}
    parts["evaluated_at"] = NOW.replace(year=2020).isoformat()
    forged = sign(statement["predicateType"], statement["subject"], parts, STRANGER, "a test")
    real_key = statement["predicate"]["signed_by"]
    body = json.loads(base64.b64decode(forged["payload"]))
    body["predicate"]["signed_by"] = real_key
    body["predicate"]["digests"] |= {"signed_by": statement["predicate"]["digests"]["signed_by"]}
    forged["payload"] = base64.b64encode(canonical(body)).decode()
    forged["signatures"][0]["keyid"] = real_key["keyid"]

    assert [each.part for each in opened(written(forged)).altered] == ["signature"]


def test_a_statement_signed_anew_by_a_stranger_is_whole_and_not_trusted(made: Made, parrot: Parrot) -> None:
    statement = opened(made.content).statement
    parts = {k: v for k, v in statement["predicate"].items() if k not in ("digests", "signed_by")}
    forged = written(sign(statement["predicateType"], statement["subject"], parts, STRANGER, "a test"))

    found = verify(forged, [KEY.public_key()], {"parrot": parrot})
    assert (found.proven, found.altered) == (False, ("key",))
    # Without a key to trust nothing says that it is not the signer's: it is not called compared.
    untold = verify(forged, [], {"parrot": parrot})
    assert {check.part: check.well for check in untold.checks}["key"] is None
    assert verify(forged, [KEY.public_key(), STRANGER.public_key()], {"parrot": parrot}).proven


def test_another_tool_another_card_and_other_data_are_named(made: Made, parrot: Parrot, tmp_path: Path) -> None:
    def altered(tool: Parrot, data: Path | None = None) -> tuple[str, ...]:
        return verify(made.content, [], {"parrot": tool}, data).altered

    assert altered(parrot) == ()
    assert altered(Parrot(replace(CARD, version="2"))) == ("tool", "card")
    assert altered(Parrot(replace(CARD, purpose="another"))) == ("card",)
    other = tmp_path / "other.jsonl"
    other.write_bytes(made.data.read_bytes() + b"\n")
    assert altered(parrot, other) == ("data",)
    not_here = verify(made.content, [], {})
    assert not_here.proven
    assert {check.part: check.well for check in not_here.checks}["tool"] is None


def test_a_changed_rule_is_another_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "squawker"
    (room / "__pycache__").mkdir(parents=True)
    (room / "__init__.py").write_text("from evaluation.parrot import Parrot\nclass Squawker(Parrot): ...\n")
    (room / "rules.toml").write_text("a = 1\n")
    (room / "model.json").write_text("{}\n")
    monkeypatch.syspath_prepend(tmp_path)
    import squawker  # type: ignore[import-not-found]  # made above

    tool = squawker.Squawker()
    before = identity(tool)
    (room / "__pycache__" / "x.pyc").write_bytes(b"compiled")
    assert identity(tool) == before
    assert [path for path, _ in before.models] == ["model.json"]
    (room / "rules.toml").write_text("a = 2\n")
    assert identity(tool).digest != before.digest
    assert (identity(tool).models, identity(tool).card) == (before.models, before.card)
    (room / "model.json").write_text('{"a": 1}\n')
    assert identity(tool).models != before.models


def test_a_tool_that_changes_while_it_is_measured_is_not_signed_for(made: Made, parrot: Parrot) -> None:
    found = evaluate(parrot, made.data, NOW)

    with pytest.raises(CannotSign, match="changed while it was measured"):
        evaluation_statement(parrot, replace(identity(parrot), digest="0" * 64), found, KEY, "", NOW)


REACH = (Threshold("acceptable", 0.8, True),)


def test_thresholds_must_be_older_than_the_run_and_for_this_very_tool(parrot: Parrot, tmp_path: Path) -> None:
    path = tmp_path / "registration.json"

    def refused(run_at: object = NOW, tool: Parrot = parrot) -> str:
        with pytest.raises(CannotUse) as why:
            read_registration(path, tool, run_at)  # type: ignore[arg-type]
        return str(why.value)

    path.write_bytes(written(register(parrot, REACH, KEY, "", NOW)))
    assert read_registration(path, parrot, NOW + timedelta(microseconds=1)).thresholds == REACH
    assert "not before this run" in refused(NOW)
    assert "not before this run" in refused(NOW - timedelta(days=1))
    later = NOW + timedelta(days=1)
    assert "for another tool" in refused(later, Parrot(replace(CARD, version="2")))
    path.write_bytes(rewritten(path.read_bytes(), "0.8", "0.2"))
    assert "payload: thresholds is not what its digest says" in refused(later)


def test_a_verdict_that_does_not_follow_from_the_figures_is_found_though_it_is_signed(
    made: Made, parrot: Parrot
) -> None:
    statement = opened(made.content).statement
    parts = {k: v for k, v in statement["predicate"].items() if k not in ("digests", "signed_by")}
    parts["thresholds"]["judged"][1]["verdict"] = "passed"
    dishonest = written(sign(statement["predicateType"], statement["subject"], parts, KEY, ""))

    assert verify(dishonest, [KEY.public_key()], {"parrot": parrot}).altered == ("thresholds",)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0, 1))
def test_a_threshold_is_passed_or_not_only_by_the_whole_interval(count: int, more: int, limit: float) -> None:
    from preceptor.evaluation.telling import share_as_json
    from preceptor.supervision.figures import share

    figure = share_as_json(share(count, count + more))
    verdict = Threshold("acceptable", limit, True).judge(figure)
    if count + more == 0:
        assert verdict == "not enough evidence"
        return
    low, high = figure["interval"]["low"], figure["interval"]["high"]
    assert (verdict == "passed") == (low >= limit)
    assert (verdict == "not passed") == (high < limit)
    turned = Threshold("under_triage", 1 - limit, False).judge(share_as_json(share(more, count + more)))
    assert turned == verdict or min(abs(low - limit), abs(high - limit)) < 1e-9


def test_a_key_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    keyid = make_key(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keyid_of(private_key(path).public_key()) == keyid_of(public_key(tmp_path / "key.pem.pub")) == keyid
    with pytest.raises(CannotSign, match="never written over"):
        make_key(path)
    assert isinstance(private_key(path), Ed25519PrivateKey)
    with pytest.raises(CannotSign, match="no public key"):
        public_key(path)
