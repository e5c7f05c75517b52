"""Learning: lessons from what people decided, a challenger fitted from them, and the contest it must win.

Only the second stage of a tool's model ever moves. Red flags, the encoder and the frozen hold-out are out of reach of
whatever is learnt. Nothing here reads the database or draws a page.
"""
