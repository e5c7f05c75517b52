"""What can be wrong with what is asked."""

from __future__ import annotations


class CannotSweep(Exception):
    """Why it cannot be done, in one line."""
