"""CDS Hooks 2.0: another clinical system asks, with the record in hand, and is answered with cards.

https://cds-hooks.hl7.org/2.0/
"""
