"""The held-out requests, for reporting only: aggregates, never an id and never a word of one.

python benchmarks/evaluation/held_out.py
"""

from __future__ import annotations

import json
from pathlib import Path

from tables import advised_by_level, measured, said_of, whole

from preceptor.evaluation.telling import records_in_words

DATA = Path(__file__).parents[2] / "evaluation" / "held_out_requests" / "requests.jsonl"


def main() -> None:
    print(said_of(DATA))
    result = measured(DATA)
    print(f"{len(result.bad_lines)} bad lines, {len(result.no_advice)} without advice. {records_in_words(result)}.\n")
    print("\n".join(whole(result)))
    requests = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    from_words = [{key: request[key] for key in ("text", "age", "sex", "written_by_other")} for request in requests]
    print("\nWhat it advised without any record, by the best answer:\n")
    print("\n".join(advised_by_level(from_words, [request["urgency"] for request in requests])))


if __name__ == "__main__":
    main()
