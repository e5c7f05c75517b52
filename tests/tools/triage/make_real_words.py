"""Writes text/real_words.txt: the English words that the spelling leaves alone, whatever the rules' words are.

With a list of English words, one a line, such as the file /usr/share/dict/british-english of Debian's package wbritish:

    python tests/tools/triage/make_real_words.py /usr/share/dict/british-english
"""

import sys
import textwrap
from pathlib import Path

from preceptor.tools.triage import text
from preceptor.tools.triage.text.spelling import SHORTEST_UNSURE

HEADER = """\
# English words, which are no slips of the rules' words. From SCOWL (Kevin Atkinson and others; may be used, copied and
# changed freely with its notice) as Debian's package wbritish gives it, by tests/tools/triage/make_real_words.py.
"""


def main(words: Path) -> None:
    listed = {word.strip() for word in words.read_text("utf-8").splitlines()}
    english = sorted(
        word for word in listed if word.isascii() and word.isalpha() and word.islower() and len(word) >= SHORTEST_UNSURE
    )
    target = Path(text.__file__).with_name("real_words.txt")
    target.write_text(HEADER + textwrap.fill(" ".join(english), 120) + "\n", "utf-8")
    print(f"{len(english)} words in {target}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
