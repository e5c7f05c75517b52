"""The command line. Each command is a few lines that call the room which does the work.

Exit codes: 0 done, 1 a finding of fault, 2 bad input with one clear line on standard error.
Heavy imports (Django, the tools) stay inside the commands, so that `--help` is instant.
"""

# Importing a module adds its commands to the application, in this order.
from preceptor.cli import installation, records, findings, supervision, tools, learning, ledger  # noqa: I001
from preceptor.cli.common import app

__all__ = ["app", "findings", "installation", "learning", "ledger", "records", "supervision", "tools"]
