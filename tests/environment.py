"""Loaded before the settings: tests keep their data in a directory of their own, and nothing of the shell's counts.

MEET_TEST_DATABASE_URL and MEET_TEST_REDIS_URL choose other services; the tests empty what they are given.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

OURS = ("HOST", "PORT", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "WEB_PROCESSES", "EMAIL_URL")
PREFIXES = (
    "MEET_",
    "DATABASE_",
    "STUN_",
    "TURN_",
    "GOOGLE_",
    "OIDC_",
    "DEFAULT_FROM_",
    "METRICS_",
    "LOG_",
    "RELAY_",
    "JOB_",
)

for name in list(os.environ):
    if not name.startswith("MEET_TEST_") and (name in OURS or name.startswith(PREFIXES)):
        del os.environ[name]
for name in ("DATABASE_URL", "REDIS_URL"):
    if chosen := os.environ.get(f"MEET_TEST_{name}"):
        os.environ[name] = chosen

if "MEET_TEST_DATA_DIR" in os.environ:
    directory = os.environ["MEET_TEST_DATA_DIR"]
else:
    directory = tempfile.mkdtemp(prefix="meet-test-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
os.environ["MEET_DATA_DIR"] = directory
(Path(directory) / "static").mkdir(exist_ok=True)
