"""A tool that goes wrong in whatever way the request asks for."""

import os
import time
from dataclasses import replace

from preceptor.advice import URGENCIES, Advice, Card, Case, Urgency


class Faulty:
    card = Card(
        tool="faulty",
        title="Faulty",
        version="1.0",
        purpose="to go wrong in tests",
        owner="the tests",
        scale=URGENCIES,
        evidence="none",
        limits=("all of them",),
    )

    def advise(self, case: Case) -> Advice:
        words = case.request.text if case.request else ""
        if "raise" in words:
            raise RuntimeError("asked to raise")
        if "die" in words:
            os._exit(3)
        if "hang" in words:
            time.sleep(60)
        if "secrets" in words:
            raise RuntimeError(",".join(name for name in os.environ if name.startswith(("PRECEPTOR", "DATABASE"))))
        good = Advice(
            case=case.id,
            tool="faulty",
            version="1.0",
            option=Urgency.SOON,
            scale=URGENCIES,
            probabilities=dict.fromkeys(URGENCIES, 0.2),
            prediction_set=URGENCIES,
        )
        return replace(good, option="whenever") if "nonsense" in words else good


faulty = Faulty()
