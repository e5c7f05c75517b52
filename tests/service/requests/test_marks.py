from hypothesis import given
from hypothesis import strategies as st

from preceptor.service.requests.marks import Mark, Piece, marks_of, opening_words, pieces_of, quote

WORDS = "Crushing pain in my chest since breakfast"


def test_the_words_of_a_red_flag_are_marked_and_the_words_stay_whole():
    pieces = pieces_of(WORDS, [Mark(0, 25, "flag", "Red flag, Chest pain now")])

    assert pieces == [
        Piece("Crushing pain in my chest", "flag", ("Red flag, Chest pain now",)),
        Piece(" since breakfast"),
    ]


def test_a_red_flag_shows_through_a_reason_over_the_same_words():
    pieces = pieces_of(WORDS, [Mark(0, 25, "reason", "Reason: pain"), Mark(9, 25, "flag", "Red flag, Chest pain")])

    assert [(piece.text, piece.kind) for piece in pieces] == [
        ("Crushing ", "reason"),
        ("pain in my chest", "flag"),
        (" since breakfast", ""),
    ]


def test_a_label_is_said_once_where_its_words_begin():
    pieces = pieces_of(WORDS, [Mark(0, 25, "reason", "Reason: pain"), Mark(9, 13, "flag", "Red flag, Pain")])

    assert [label for piece in pieces for label in piece.labels] == ["Reason: pain", "Red flag, Pain"]


spans = st.tuples(st.integers(-5, 60), st.integers(-5, 60))


@given(text=st.text(max_size=50), spans=st.lists(spans, max_size=8))
def test_no_mark_loses_or_adds_a_character(text, spans):
    pieces = pieces_of(text, [Mark(start, end, "flag", "Red flag") for start, end in spans])

    assert "".join(piece.text for piece in pieces) == text


def test_reasons_are_marked_only_where_advice_is_given():
    flag = {"title": "Chest pain now", "spans": [[0, 8]]}
    advice = {"reasons": [{"text": "pain", "span": [9, 13]}, {"text": "a plan", "span": None}]}

    assert [mark.kind for mark in marks_of([flag], None)] == ["flag"]
    assert [mark.kind for mark in marks_of([flag], advice)] == ["flag", "reason"]


def test_first_words_are_one_line_and_end_at_a_word():
    assert opening_words("My knee\n\nhurts") == "My knee hurts"
    assert opening_words("one two three", longest=9) == "one two …"


def test_words_quoted_twice_are_said_once():
    assert quote("pain and pain", [[0, 4], [9, 13]]) == ["pain"]
