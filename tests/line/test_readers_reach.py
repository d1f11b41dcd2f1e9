"""What a question can reach: the published build and nothing else, whatever stands in the question."""

from __future__ import annotations

import pytest

from tieout import Workspace
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.answers import Question, QuestionError
from tieout.questions import ask, attached, bridge, opened
from tieout.warehouse.engine import EngineError

PASSWORDS = "select * from read_csv('/etc/passwd')"


@pytest.mark.parametrize("where", [f"exists ({PASSWORDS})", "read_text('/etc/passwd') = 'x'", f"1 = 1; {PASSWORDS}"])
def test_a_criterion_that_reads_a_file_is_refused_before_the_engine_sees_it(marlow: Workspace, where: str) -> None:
    with pytest.raises(QuestionError):
        ask(marlow, Question("pipeline.open_qualified", where=where))
    with pytest.raises(QuestionError):
        bridge(marlow, EndAsked("agreed"), EndAsked("marketing"), BridgeTerms(where=where))


def test_the_engine_of_a_question_would_refuse_it_too(marlow: Workspace) -> None:
    for open_build in (opened, attached):
        with open_build(marlow) as asked:
            assert asked.engine.execute("select count(*) from opportunity_versions").fetchall()[0][0] > 0
            with pytest.raises(EngineError, match="disabled"):
                asked.engine.execute(PASSWORDS).fetchall()
