"""One definition, three engines: plain Python, DuckDB and Spark find exactly the same."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from population.random_definitions import definitions
from population.random_records import AS_OF, records
from preceptor.advice import Event, Finding, Patient, Record
from preceptor.population.engines import DuckDB, Engine, Spark
from preceptor.population.found import findings
from preceptor.population.preparing import Wanted
from preceptor.population.tables import events_table, patients_table
from preceptor.tools.watch import Watch, all_watches, notice, watch_named
from tools.watch.spec_tables import all_specs

SEVERAL_EXAMPLES_ON_ONE_ENGINE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
ON_SPARK = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
CONCEPTS = ("egfr", "potassium", "naproxen", "omeprazole", "ckd_stage_3a", "asthma")


def on(engine: Engine, watches: Sequence[Watch], many: Sequence[Record]) -> list[Finding]:
    engine.prepare_tables(events_table(many), patients_table(r.patient for r in many), Wanted.by(watches), AS_OF)
    return in_order(found for watch in watches for found in findings(watch, engine.fired(watch, AS_OF)))


def by_reference(watches: Sequence[Watch], many: Sequence[Record]) -> list[Finding]:
    return in_order(found for record in many for found in notice(watches, record, AS_OF))


def in_order(found) -> list[Finding]:  # type: ignore[no-untyped-def]
    return sorted(found, key=lambda each: (each.watch, each.patient))


def every_patient_of_the_specs(*files: str) -> list[Record]:
    """So that each watch also runs on the patients of all the others."""
    many = []
    for spec in all_specs(*files):
        for record in spec.records:
            who = record.patient
            named = Patient(f"{spec.watch}/{who.id}", born=who.born, sex=who.sex, died=who.died)
            many.append(Record(named, record.events))
    return many


def test_all_watches_on_all_tables_agree_on_duckdb(duckdb_engine: DuckDB) -> None:
    many = every_patient_of_the_specs()
    assert {spec.as_of for spec in all_specs()} == {AS_OF}
    expected = by_reference(all_watches(), many)
    assert len(expected) > len(all_watches())
    assert on(duckdb_engine, all_watches(), many) == expected


@given(definition=definitions(CONCEPTS), many=records(CONCEPTS, (5.8, 60)))
@settings(max_examples=30, deadline=None, suppress_health_check=SEVERAL_EXAMPLES_ON_ONE_ENGINE)
def test_any_definition_on_any_record_agrees_on_duckdb(
    duckdb_engine: DuckDB, definition: Watch, many: list[Record]
) -> None:
    assert on(duckdb_engine, [definition], many) == by_reference([definition], many)


@ON_SPARK
def test_spark_agrees(spark_engine: Spark) -> None:
    """The short form: three watches that between them use most of the nodes, on the patients of two tables."""
    chosen = [watch_named(name) for name in ("psa_raised_not_repeated", "ckd_uncoded", "nsaid_65_without_ppi")]
    many = every_patient_of_the_specs("results.txt", "kidney.txt")
    assert on(spark_engine, chosen, many) == by_reference(chosen, many)


@ON_SPARK
@pytest.mark.long
def test_all_watches_on_all_tables_agree_on_spark(spark_engine: Spark) -> None:
    many = every_patient_of_the_specs()
    assert on(spark_engine, all_watches(), many) == by_reference(all_watches(), many)


@ON_SPARK
@pytest.mark.long
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=SEVERAL_EXAMPLES_ON_ONE_ENGINE)
def test_any_definition_on_any_record_agrees_on_spark(spark_engine: Spark, data: st.DataObject) -> None:
    definition, many = data.draw(definitions(CONCEPTS)), data.draw(records(CONCEPTS, (5.8, 60)))
    assert on(spark_engine, [definition], many) == by_reference([definition], many)


def test_the_order_of_rows_in_a_file_does_not_matter(duckdb_engine: DuckDB) -> None:
    """Two results at one moment: the one whose id is greater is the last, however they were stored."""
    moment = AS_OF.replace(month=1, day=3)
    watch = watch_named("potassium_high_not_repeated")

    def potassium(name: str, value: float) -> Event:
        return Event(name, "result", moment, "", concept="potassium", value=value)  # type: ignore[arg-type]

    for many in ((potassium("a", 4.0), potassium("b", 6.0)), (potassium("b", 6.0), potassium("a", 4.0))):
        record = Record(Patient("p1"), many)
        assert [each.evidence for each in on(duckdb_engine, [watch], [record])] == [("b",)]
        assert [each.evidence for each in notice([watch], record, AS_OF)] == [("b",)]
