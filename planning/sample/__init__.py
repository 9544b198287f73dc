"""The invented new town 新禾新城, in the file formats users bring.

For trying the program out and for its tests: small enough to know by heart, and read back by the
same readers as real data. Nothing in it is real.
"""

from planning.sample.folder import write_sample

__all__ = ["write_sample"]
