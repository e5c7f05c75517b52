"""Results beyond a limit at which guidance asks for a cancer to be ruled out, and nobody acted.

The limits are those of NICE NG12, told in our own words: a pack of its own, because that source needs a licence to
adapt.
"""

from __future__ import annotations

from preceptor.advice import Priority
from preceptor.tools.watch.criteria import When, all_of
from preceptor.tools.watch.packs.sources import CANCER
from preceptor.tools.watch.watch import Watch
from preceptor.tools.watch.words import (
    aged,
    by_age,
    conditions,
    in_the_last,
    latest,
    medicines,
    no,
    referrals,
    reports,
    results,
    saying,
    tests,
)

_PSA, _CA125, _FIT = results("psa"), results("ca125"), results("fit")
_HAEMOGLOBIN, _FERRITIN = results("haemoglobin"), results("ferritin")


def _signal(name: str, title: str, priority: Priority, why: str, ask: str, when: When) -> Watch:
    return Watch(
        id=name, title=title, pack="cancer_results", priority=priority, why=why, ask=ask, when=when, source=CANCER
    )


WATCHES = (
    _signal(
        "psa_raised_not_repeated",
        "Raised PSA, not repeated or referred",
        Priority.THIS_WEEK,
        "A PSA above the limit for the man's age may be cancer, and nothing after it shows that anybody acted.",
        "Repeat the PSA or refer; note the decision if neither is wanted.",
        all_of(
            (latest(_PSA) > by_age((40, 2.5), (50, 3.5), (60, 4.5), (70, 6.5), until=80)).told(
                "PSA: latest above the limit for his age"
            ),
            latest(_PSA).days_ago(60),
            no(referrals()).since(_PSA.last),
        ),
    ),
    _signal(
        "ca125_raised_not_acted_on",
        "Raised CA125, nothing done",
        Priority.THIS_WEEK,
        "A CA125 above the limit for her age asks for an ultrasound, and no report or referral followed.",
        "Arrange an urgent ultrasound of abdomen and pelvis, or note what was done.",
        all_of(
            (latest(_CA125) >= by_age((40, 35), (50, 31), (60, 24), (70, 25), (80, 31))).told(
                "CA 125: latest at or above the limit for her age"
            ),
            latest(_CA125).days_ago(14),
            no(referrals()).since(_CA125.last),
            no(saying(reports(), "ultrasound", "ovar")).since(_CA125.last),
        ),
    ),
    _signal(
        "fit_positive_not_referred",
        "Positive FIT, no referral",
        Priority.THIS_WEEK,
        "Blood in the stool at this level asks for a referral for suspected bowel cancer.",
        "Refer on the suspected cancer pathway, or note why not.",
        all_of(latest(_FIT) >= 10, latest(_FIT).days_ago(14), no(referrals()).since(_FIT.last)),
    ),
    _signal(
        "iron_deficiency_anaemia_no_action",
        "Iron deficiency anaemia, nothing done",
        Priority.THIS_WEEK,
        "Iron is lost somewhere: from the bowel until shown otherwise. No iron, no FIT and no referral followed.",
        "Send a FIT, give iron and look for the cause.",
        all_of(
            latest(_HAEMOGLOBIN) < 110,
            latest(_FERRITIN) < 15,
            latest(_HAEMOGLOBIN).days_ago(30),
            no(tests("fit", "colonoscopy")).since(_HAEMOGLOBIN.last),
            no(medicines("iron_supplement")).since(_HAEMOGLOBIN.last),
            no(referrals()).since(_HAEMOGLOBIN.last),
        ),
    ),
    _signal(
        "anaemia_without_iron_deficiency_no_fit",
        "New anaemia at 60 or older, no FIT",
        Priority.ROUTINE,
        "Anaemia without iron deficiency at this age asks for a stool test, and none was done.",
        "Send a FIT, unless the cause is known.",
        all_of(
            aged(60),
            latest(_HAEMOGLOBIN) < 110,
            latest(_HAEMOGLOBIN).days_ago(30),
            latest(_HAEMOGLOBIN).in_the_last(365),
            latest(_FERRITIN) >= 30,
            no(in_the_last(730, tests("fit", "colonoscopy"))).at_all.told("FIT or colonoscopy: none in 2 years"),
            no(conditions("ckd_stage_3_to_5", "cancer")).at_all,
        ),
    ),
)  # fmt: skip
