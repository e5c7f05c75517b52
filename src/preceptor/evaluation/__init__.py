"""Evaluation: how well a tool's advice agrees with labels, measured so that it cannot flatter.

Pure: labelled requests and a tool in, figures out. Every figure has its n and an interval; a row on which the tool
gave no advice counts against it; and a group too small to be judged has not passed.
"""
