"""A workspace: the folder that holds a contract, its ledger and what is built from them. Paths only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class NoWorkspaceError(Exception):
    """No workspace where one was looked for; the message says how to make one."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The paths of one workspace.

    `contract/` is edited by people; `ledger/` cannot be recreated and is what to back up; `.tieout/` can be deleted at
    any time and is made again by `tieout refresh`.
    """

    root: Path

    @property
    def contract(self) -> Path:
        """The folder of the agreement: YAML files and registers."""
        return self.root / "contract"

    @property
    def ledger(self) -> Path:
        """What each system said, and when: pulls, manifest, archived contracts, what we said."""
        return self.root / "ledger"

    @property
    def archive(self) -> Path:
        """Every contract that was ever used, by its fingerprint."""
        return self.ledger / "contracts"

    @property
    def app(self) -> Path:
        """What people decided in the web application, where no database server keeps it; what to back up too."""
        return self.root / "app"

    @property
    def cache(self) -> Path:
        """Everything that can be made again."""
        return self.root / ".tieout"

    @property
    def builds(self) -> Path:
        """Published and cached builds, one file each, named by their key."""
        return self.cache / "builds"

    @property
    def pointer(self) -> Path:
        """The file that names the published build."""
        return self.cache / "published.json"

    def exists(self) -> bool:
        """Say whether this folder is a workspace."""
        return self.contract.is_dir()


def find_workspace(given: Path | None, here: Path) -> Workspace:
    """Find the workspace: the given folder, else the nearest one from `here` upwards.

    Raises NoWorkspaceError where there is none.
    """
    for folder in [given] if given else [here, *here.parents]:
        if (workspace := Workspace(folder.absolute())).exists():
            return workspace
    where = f"'{given}' is not a workspace" if given else f"There is no workspace in '{here}' or above it"
    remedy = "Make one with `tieout init FOLDER`, or point at one with --workspace FOLDER."
    message = f"{where}: it has no folder 'contract'. {remedy}"
    raise NoWorkspaceError(message)
