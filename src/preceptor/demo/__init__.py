"""A synthetic practice, with a truth file of what was planted in it. Nothing in it is about a real person."""

from preceptor.demo.practice import SMALLEST, DemoRequest, Practice, build

__all__ = ["SMALLEST", "DemoRequest", "Practice", "build"]
