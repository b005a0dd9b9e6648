"""``python -m cityvoice``."""

from cityvoice.cli import main

main(prog_name="cityvoice")
