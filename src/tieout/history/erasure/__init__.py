"""Erasure: a person leaves every file of a workspace, and no figure moves.

Rows stay rows and what was equal stays equal: whatever told the person is replaced by a surrogate, and a row's digest
by a keyed hash of itself. So every version, deletion and person of before is there afterwards.
"""
