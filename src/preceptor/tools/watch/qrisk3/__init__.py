"""QRISK3-2017: the chance of a heart attack or stroke within ten years, as an expression.

The equation is that of Hippisley-Cox, Coupland and Brindle (BMJ 2017;357:j2099). Its coefficients are published only in
ClinRisk's own source (copyright 2017 ClinRisk Ltd, GNU Lesser General Public License, version 3 or later), from which
`coefficients.csv` carries them as figures; the code here is ours. `DISCLAIMER` has to be shown with every score. Who
cannot take that licence leaves this folder and the pack `qrisk3` out: nothing else needs them.
"""

from preceptor.tools.watch.qrisk3.equation import DISCLAIMER, Inputs, qrisk3
from preceptor.tools.watch.qrisk3.of_record import least_qrisk3_of_record

__all__ = ["DISCLAIMER", "Inputs", "least_qrisk3_of_record", "qrisk3"]
