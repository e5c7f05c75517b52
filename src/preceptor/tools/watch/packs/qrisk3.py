"""QRISK3: a pack of its own. Its coefficients come under the GNU Lesser General Public License (ClinRisk Ltd, version 3
or later), with a disclaimer that has to be shown with every score. To leave it out, remove this module and the folder
`qrisk3`.
"""

from __future__ import annotations

from preceptor.advice import Priority
from preceptor.tools.watch.criteria import all_of, holds
from preceptor.tools.watch.nodes import op
from preceptor.tools.watch.packs.sources import source
from preceptor.tools.watch.qrisk3 import DISCLAIMER, least_qrisk3_of_record
from preceptor.tools.watch.qrisk3.of_record import MEASURED
from preceptor.tools.watch.watch import Watch
from preceptor.tools.watch.words import aged, conditions, medicines, no, not_taking, results

_RISK = least_qrisk3_of_record()

WATCHES = (
    Watch(
        id="qrisk3_high_without_statin",
        title="QRISK3 of 10% or more, no statin",
        pack="qrisk3",
        priority=Priority.ROUTINE,
        why="By what is recorded, one in ten or more would have a heart attack or stroke within ten years; a statin "
        f"prevents some of them. The figure is a floor: what is not recorded could only raise it. {DISCLAIMER}",
        ask="Work out QRISK3 with the rest of what it asks for; discuss diet, smoking, blood pressure and a statin.",
        when=all_of(
            aged(25, 84),
            holds("QRISK3: at least 10%, whatever is not recorded", _RISK >= 10.0,
                  op("greatest", *(one.day for one in MEASURED)), *MEASURED, value=_RISK),
            not_taking(medicines("statin"), 183),
            no(conditions("coronary_heart_disease", "cerebrovascular_disease", "peripheral_arterial_disease")).at_all,
            no(results("qrisk_score")).for_days(1826),
        ),
        source=source(
            "QRISK3-2017: Hippisley-Cox, Coupland and Brindle, BMJ 2017;357:j2099; coefficients of ClinRisk Ltd, GNU "
            "Lesser General Public License 3 or later. The limit of 10%: NICE NG238 (read second-hand)",
            "2017", "partly",
        ),
    ),
)  # fmt: skip
