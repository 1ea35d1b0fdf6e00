"""`manage.py check --deploy` as in production, where a warning is an error."""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "MEET_PUBLIC_URL": "https://meet.example.org",
    "MEET_TRUSTED_PROXIES": "127.0.0.1",
    "SECRET_KEY": secrets.token_urlsafe(64),
}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="meet-deploy-") as directory:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MEET_")}
        environment |= PRODUCTION | {"MEET_DATA_DIR": directory}
        command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        return subprocess.run(command, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
