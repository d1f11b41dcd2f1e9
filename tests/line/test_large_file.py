"""A file larger than memory allows is pulled in bounded memory, every row of it. `make test-all` only."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BYTES = 3_000_000_000
BLOCK = 8_000
ADDRESS_SPACE, RESIDENT = 8_000_000_000, 3_600_000_000
"""The engine may hold 2.5 GB (`history/pull.MEMORY`). One more GB is for what it does not count (the reader's buffers,
the writer's row groups) and for Python. Address space is more than that, since what is mapped is not all used."""

PULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
from tieout.cli import main
status = main(["pull", "--json", "--workspace", sys.argv[1]])
sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))
sys.exit(status)
"""

CONTRACT = """crm:
  path: exports
  objects:
    deals: {entity: opportunity, files: deals_*.csv, mode: full, key: id, fields: {arr: arr, stage: stage}}
"""


def write(path: Path) -> int:
    """Write rows of about 500 bytes, each with its own key, until the file is large enough; give their number."""
    note = "x" * 440
    rows = "".join(f"@@@@@@-{number:05},{number}.25,Stage {number % 7},{note}{number}\n" for number in range(BLOCK))
    block, written, count = rows.encode(), 0, 0
    with path.open("wb") as file:
        file.write(b"id,arr,stage,note\n")
        while written < BYTES:
            written += file.write(block.replace(b"@@@@@@", f"{count:06}".encode()))
            count += 1
    return count * BLOCK


@pytest.mark.slow
def test_three_gigabytes_are_pulled_in_bounded_memory(tmp_path: Path) -> None:
    (tmp_path / "contract").mkdir()
    (tmp_path / "contract" / "sources.yaml").write_text(CONTRACT, encoding="utf-8")
    (tmp_path / "exports").mkdir()
    rows = write(tmp_path / "exports" / "deals_2026-07-06.csv")
    command = [sys.executable, "-c", PULL, str(tmp_path), str(ADDRESS_SPACE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert (done.returncode, [pull["rows"] for pull in told["pull"]["pulled"]]) == (0, [rows])
    assert int(done.stderr) < RESIDENT
