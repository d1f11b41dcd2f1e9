"""A law: however the columns of a CRM export are called, ordered and written, none is taken for another one.

Key, stage, amount and close date are found, or it is said that they are not; a wrong column is never read silently.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.propose.conftest import NOW
from tieout.propose.plan import Plan, Proposal
from tieout.propose.propose import propose

NAMES = {
    "id": ["Opportunity ID", "Deal Id", "id", "Vorgangsnr.", "Nr.", "ID de l'affaire", "Código", "record_id"],
    "stage": ["Stage", "Deal Stage", "Phase", "Verkaufsphase", "Étape", "Etapa", "Fase", "sales_stage"],
    "amount": ["Amount", "Deal Value", "Auftragswert", "Betrag", "Montant", "Importe", "Valor", "opportunity_amount"],
    "close": ["Close Date", "Expected Close Date", "Abschlussdatum", "Date de clôture", "Fecha de cierre",
              "Data de fechamento", "closing_date"],
    "created": ["Created Date", "Erstellt am", "Date de création", "Fecha de creación", "Data de criação", "created"],
    "account": ["Account Name", "Company", "Kunde", "Société", "Empresa", "customer"],
    "owner": ["Owner", "Sales Rep", "Verantwortlich", "Commercial", "Vendedor", "owner_name"],
    "probability": ["Probability (%)", "Wahrscheinlichkeit", "Probabilité", "Probabilidad", "Probabilidade"],
    "notes": ["Notes", "Bemerkung", "Commentaire", "Comentários", "Next Step"],
}  # fmt: skip
STAGES = (
    ("Qualification", "Proposal", "Closed Won", "Closed Lost"),
    ("Qualifiziert", "Angebot", "Gewonnen", "Verloren"),
    ("Qualification", "Proposition", "Gagné", "Perdu"),
    ("Qualificação", "Proposta", "Ganho", "Perdido"),
    ("Calificación", "Propuesta", "Ganada", "Perdida"),
)
DATES = {"iso": "%Y-%m-%d", "dmy": "%d.%m.%Y", "dmy/": "%d/%m/%Y", "mdy": "%m/%d/%Y"}


@dataclass(frozen=True, slots=True)
class Export:
    """An export: what each column is called, and how dates and amounts are written."""

    names: dict[str, str]
    order: tuple[str, ...]
    stages: tuple[str, ...]
    dates: str
    comma: bool
    rows: int

    def text(self) -> str:
        """Write the file."""
        split = ";" if self.comma else ","
        lines = [split.join(self.names[column] for column in self.order)]
        lines += [split.join(self._row(number)[column] for column in self.order) for number in range(self.rows)]
        return "\n".join(lines) + "\n"

    def _row(self, number: int) -> dict[str, str]:
        amount = f"{(number + 1) * 1234.5:.2f}"
        created = date(2026, 1, 2) + timedelta(days=3 * number)
        return {
            "id": f"D{number:03d}",
            "stage": self.stages[number % 4],
            "amount": amount.replace(".", ",") if self.comma else amount,
            "close": (created + timedelta(days=95)).strftime(DATES[self.dates]),
            "created": created.strftime(DATES[self.dates]),
            "account": f"Company {number % 5}",
            "owner": f"Person {number % 3}",
            "probability": str((25, 50, 100, 0)[number % 4]),
            "notes": f"text {number}",
        }


@st.composite
def exports(draw: st.DrawFn) -> Export:
    names = {column: draw(st.sampled_from(choices)) for column, choices in NAMES.items()}
    left_out = draw(st.sets(st.sampled_from(["probability", "notes", "owner", "created"])))
    order = tuple(draw(st.permutations([column for column in NAMES if column not in left_out])))
    comma = draw(st.booleans())
    stages = draw(st.sampled_from(STAGES))
    return Export(names, order, stages, draw(st.sampled_from(sorted(DATES))), comma, draw(st.integers(12, 40)))


def proposed(export: Export, name: str) -> tuple[Plan, Proposal]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exports" / name
        path.parent.mkdir()
        path.write_text(export.text(), encoding="utf-8")
        proposal = propose(path.parent, Path(folder), NOW)
        (plan,) = proposal.plans
        return plan, proposal


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    export=exports(), name=st.sampled_from(["deals.csv", "opportunities.csv", "Verkaufschancen.csv", "negocios.csv"])
)
def test_no_column_is_taken_for_another(export: Export, name: str) -> None:
    plan, proposal = proposed(export, name)
    assert plan.entity == "opportunity"
    assert plan.key == (export.names["id"],)
    for field, column in (("stage", "stage"), ("arr", "amount"), ("close_date", "close")):
        read = plan.column(field)
        asked = any(question.place.endswith(f"fields.{field}") for question in proposal.questions)
        assert read == export.names[column] or (read is None and asked), (field, read, export.names)
    if export.dates != "iso":
        assert plan.told("dates") == export.dates[:3]
    ends = {stage.name: stage.outcome for stage in proposal.stages}
    assert ends == dict(zip(export.stages, ("open", "open", "won", "lost"), strict=True))
