"""A peak flow as a share of the patient's best."""

from __future__ import annotations

import pytest

from preceptor.tools.triage.text.normal import sentences
from preceptor.tools.triage.text.peak_flow import peak_flows


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("peak flow 150 usual 500", [30]), ("Peak flow's 180, my best is 450", [40]), ("peak flow 150/500", [30]),
        ("peak flow 240 out of 480", [50]), ("PEFR 35% of his best", [35]), ("PEF 30% best", [30]),
        ("Peak flow usually 450 and I'm at 190", [42.2]), ("peak flow is 300, used to be 400", [75]),
        ("peak flow 90 best 300", [30]), ("peak flow 150 he does 520", [28.8]),
        ("peak flow 190", []), ("peak flow normal", []), ("peak flow 390, it was better", []),
        ("best of luck, 150 usual 500", []), ("peak flow 480, best is 450", []),
    ],
)  # fmt: skip
def test_it_is_a_share_of_the_best(text: str, percent: list[float]) -> None:
    assert [round(flow.value, 1) for flow in peak_flows(sentences(text))] == percent
