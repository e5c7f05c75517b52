"""Supervision: how good the advice is, what people make of it, and what standing that earns.

Pure functions over tables. Nothing here reads the database, draws a page or changes a standing.
"""
