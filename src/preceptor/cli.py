"""The command line. Each command is a few lines that call the room which does the work.

Exit codes: 0 done, 1 a finding of fault, 2 bad input with one clear line on standard error.
Heavy imports (Django, the tools) stay inside the commands, so that `--help` is instant.
"""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="AI beside your clinicians, under supervision.")
advise_app = typer.Typer(no_args_is_help=True, help="Ask one tool for advice, on its own.")
app.add_typer(advise_app, name="advise")
