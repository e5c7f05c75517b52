"""How medSpaCy's ConText, with its default rules, reads each phrase of `sentences.jsonl`.

It runs in an environment of its own:

    python3.11 -m venv .venv-reference && .venv-reference/bin/pip install "medspacy==1.3.1" "numpy<2"
    .venv-reference/bin/python benchmarks/text_context/reference.py     (writes reference.jsonl)

The phrase is given to ConText as an entity; sentences are split by medSpaCy's PyRuSH. Hypothetical counts as uncertain.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

from loguru import logger

logger.remove()  # its default prints, at the level DEBUG, the text of every note

import medspacy  # noqa: E402

HERE = Path(__file__).parent
LABELS = {
    "is_negated": "negated",
    "is_uncertain": "uncertain",
    "is_hypothetical": "uncertain",
    "is_family": "other",
    "is_historical": "past",
}


def main() -> None:
    nlp = medspacy.load(medspacy_enable=["medspacy_tokenizer", "medspacy_pyrush", "medspacy_context"])
    split, context = nlp.get_pipe("medspacy_pyrush"), nlp.get_pipe("medspacy_context")
    rows = [json.loads(line) for line in (HERE / "sentences.jsonl").read_text("utf-8").splitlines()]
    with (HERE / "reference.jsonl").open("w", encoding="utf-8") as out:
        for row in rows:
            doc = split(nlp.make_doc(row["text"]))
            doc.ents = [doc.char_span(row["start"], row["end"], label="PROBLEM", alignment_mode="expand")]
            (phrase,) = context(doc).ents
            labels = sorted({label for attribute, label in LABELS.items() if getattr(phrase._, attribute)})
            out.write(json.dumps({"text": row["text"], "start": row["start"], "labels": labels}) + "\n")
    versions = ", ".join(f"{name} {version(name)}" for name in ("medspacy", "spacy", "numpy"))
    print(f"{len(rows)} phrases; {versions}; Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
