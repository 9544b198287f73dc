"""``python -m planning``."""

from planning.cli import main

main()
