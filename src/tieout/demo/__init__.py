"""The sample company, made on the spot."""

from tieout.demo.company import make_marlow, marlow

__all__ = ["make_marlow", "marlow"]
