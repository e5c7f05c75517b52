"""Check digits: a code or number that was mistyped, or rounded by a spreadsheet, is found out.

SNOMED CT identifiers end in a Verhoeff digit, LOINC codes and NHS numbers in digits of modulus 10 and 11.
A right check digit does not show that the code exists.
"""

from __future__ import annotations

import re

# Verhoeff's dihedral scheme, as the SNOMED CT release file specification gives it.
_MULTIPLY = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_PERMUTE = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)
# The two digits before the check digit: 00 and 10 are concepts, without and with a namespace. Descriptions
# (01, 11) and relationships (02, 12) have identifiers of the same shape, and are not codes for an idea.
_CONCEPT_PARTITIONS = {"00", "10"}
_SCTID = re.compile(r"[1-9][0-9]{5,17}", re.ASCII)
_LOINC = re.compile(r"([0-9]{1,7})-([0-9])", re.ASCII)
_NHS_NUMBER = re.compile(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}", re.ASCII)


def valid_sctid(code: str) -> bool:
    """True when `code` is well formed as the identifier of a SNOMED CT (or dm+d) concept."""
    if not _SCTID.fullmatch(code) or code[-3:-1] not in _CONCEPT_PARTITIONS:
        return False
    if code[-3] == "1" and len(code) < 11:  # item, 7 digits of namespace, partition, check
        return False
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = _MULTIPLY[check][_PERMUTE[place % 8][int(digit)]]
    return check == 0


def valid_loinc(code: str) -> bool:
    """True when `code` is well formed as a LOINC code: a number, a hyphen and its modulus 10 digit."""
    match = _LOINC.fullmatch(code)
    if not match:
        return False
    # Luhn's formula: every second digit, from the right, counts double, with the digits of the double added.
    total = 0
    for place, digit in enumerate(reversed(match[1])):
        worth = int(digit) * (2 if place % 2 == 0 else 1)
        total += worth - 9 if worth > 9 else worth
    return -total % 10 == int(match[2])


def valid_nhs_number(number: str) -> bool:
    """True for ten digits, spaced 3-3-4 or not, of which the last is right by modulus 11."""
    if not _NHS_NUMBER.fullmatch(number.strip()):
        return False
    digits = re.sub(r"[^0-9]", "", number)
    return nhs_number_check_digit(digits[:9]) == int(digits[9])


def nhs_number_check_digit(first_nine: str) -> int | None:
    """The tenth digit for these nine; None when there is none (it would be 10), so no such number is issued."""
    if not re.fullmatch(r"[0-9]{9}", first_nine, re.ASCII):
        raise ValueError(f"expected nine digits, not {first_nine!r}")
    remainder = sum(int(digit) * weight for digit, weight in zip(first_nine, range(10, 1, -1), strict=True)) % 11
    check = (11 - remainder) % 11
    return None if check == 10 else check
