"""Files and functions stay small enough to be read at once."""

from __future__ import annotations

from statistics import median, quantiles

from tests.structure.python_rules import functions, length
from tests.structure.tree import ROOT, files, modules, name, parsed

FILE_STOP = 400
FILE_P90 = 300
FILE_MEDIAN = 120
FUNCTION_STOP = 60
FUNCTION_P90 = 28
FUNCTION_MEDIAN = 8

LONG_FILES: dict[str, tuple[int, str]] = {}
"""Files above the stop: the lines they have now, and why. A number here only gets smaller, and the list shorter."""

LONG_FUNCTIONS: dict[str, tuple[int, str]] = {}
"""Functions above the stop, as `file:function`, in the same way."""


def over(sizes: dict[str, int], stop: int, allowed: dict[str, tuple[int, str]]) -> list[str]:
    """Tell what is longer than the stop, or longer than its exemption."""
    limits = {key: lines for key, (lines, _) in allowed.items()}
    return [f"{key} has {size} lines" for key, size in sizes.items() if size > limits.get(key, stop)]


def idle(sizes: dict[str, int], stop: int, allowed: dict[str, tuple[int, str]]) -> list[str]:
    """Tell which exemptions could be dropped or lowered, or give no reason."""
    return [
        key for key, (lines, reason) in allowed.items() if not reason or sizes.get(key, 0) < lines or sizes[key] <= stop
    ]


def file_sizes() -> dict[str, int]:
    """Count the lines of each Python file, source and tests."""
    ours = (path for path in files() if path.suffix == ".py" and path.is_relative_to(ROOT))
    return {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ours}


def function_sizes() -> dict[str, int]:
    """Count the lines of each function of the source."""
    found = ((path, function) for path in modules() for function in functions(parsed(path)))
    return {f"{name(path)}:{function.name}:{function.lineno}": length(function) for path, function in found}


def bare(sizes: dict[str, int]) -> dict[str, int]:
    """Drop line numbers from the names, so that exemptions survive edits; of one name the longest counts."""
    longest: dict[str, int] = {}
    for key, size in sizes.items():
        short = key.rsplit(":", 1)[0]
        longest[short] = max(size, longest.get(short, 0))
    return longest


def test_no_file_is_above_the_stop() -> None:
    assert over(file_sizes(), FILE_STOP, LONG_FILES) == []


def test_no_function_is_above_the_stop() -> None:
    assert over(bare(function_sizes()), FUNCTION_STOP, LONG_FUNCTIONS) == []


def test_exemptions_only_shrink() -> None:
    assert idle(file_sizes(), FILE_STOP, LONG_FILES) == []
    assert idle(bare(function_sizes()), FUNCTION_STOP, LONG_FUNCTIONS) == []


def test_most_files_are_small() -> None:
    sizes = [size for key, size in file_sizes().items() if key.startswith("src/")]
    assert median(sizes) <= FILE_MEDIAN
    assert quantiles(sizes, n=10)[-1] <= FILE_P90


def test_most_functions_are_small() -> None:
    sizes = list(function_sizes().values())
    assert median(sizes) <= FUNCTION_MEDIAN
    assert quantiles(sizes, n=10)[-1] <= FUNCTION_P90


def test_the_stop_catches_what_is_above_it() -> None:
    sizes = {"a.py": 401, "b.py": 400, "c.py": 500, "d.py": 510}
    allowed = {"c.py": (500, "a table"), "d.py": (505, "a table")}
    assert over(sizes, 400, allowed) == ["a.py has 401 lines", "d.py has 510 lines"]


def test_an_exemption_that_is_not_needed_is_caught() -> None:
    sizes = {"a.py": 450, "b.py": 450, "c.py": 380, "e.py": 450}
    allowed = {"a.py": (450, "a table"), "b.py": (460, "a table"), "c.py": (380, "a table"), "d.py": (1, "gone")}
    assert idle(sizes, 400, {**allowed, "e.py": (450, "")}) == ["b.py", "c.py", "d.py", "e.py"]
