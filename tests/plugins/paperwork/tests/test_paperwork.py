from preceptor.tools.conformance import check


def test_it_keeps_to_what_every_tool_must() -> None:
    assert check("paperwork") == []
