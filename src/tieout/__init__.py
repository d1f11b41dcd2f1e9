"""Tieout: one pipeline number, every difference explained to the cent."""

from tieout.basics.findings import Finding
from tieout.basics.workspace import Workspace
from tieout.contract.load import load_contract
from tieout.contract.model import Contract
from tieout.questions import ask, bridge
from tieout.refresh import refresh

__all__ = ["Contract", "Finding", "Workspace", "ask", "bridge", "load_contract", "refresh"]
