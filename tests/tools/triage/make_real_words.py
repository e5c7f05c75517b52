"""Writes text/real_words.txt anew: which English words the spelling would otherwise change.

Run it after the library's vocabulary has grown, with a list of English words, one a line, such as the file
/usr/share/dict/british-english of Debian's package wbritish:

    python tests/tools/triage/make_real_words.py /usr/share/dict/british-english
"""

import sys
import textwrap
from pathlib import Path

from preceptor.tools.triage import text
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.text.spelling import Spelling

HEADER = """\
# English words that stand a slip or two from one of the rules' words, and so are left alone. Chosen from SCOWL (Kevin
# Atkinson and others; may be used, copied and changed freely with its notice) as Debian's package wbritish gives it, by
# tests/tools/triage/make_real_words.py: run that again when the vocabulary has grown.
"""


def main(words: Path) -> None:
    spelling = Spelling(the_library().features.index.words, {}, frozenset())
    english = {word.strip() for word in words.read_text("utf-8").splitlines()}
    changed = sorted(
        word
        for word in english
        if word.isascii() and word.isalpha() and word.islower() and (spelling(word) != (word,) or spelling.others(word))
    )
    target = Path(text.__file__).with_name("real_words.txt")
    target.write_text(HEADER + textwrap.fill(" ".join(changed), 120) + "\n", "utf-8")
    print(f"{len(changed)} words in {target}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
