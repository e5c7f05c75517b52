"""Fit the second stage of the triage model, calibrate it and set its thresholds; write the artefact.

    python training/triage.py OUT_OF_FOLD.npz [--measure]

Reads the examples, the encoder's chances for each by an encoder that had not read it (`encoder.py`), and the
calibration requests, written by people who had not seen the examples.
"""
