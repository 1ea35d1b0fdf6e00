"""Loaded before the settings: tests keep their data in a directory of their own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "MEET_TEST_DATA_DIR" in os.environ:
    directory = os.environ["MEET_TEST_DATA_DIR"]
else:
    directory = tempfile.mkdtemp(prefix="meet-test-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
os.environ["MEET_DATA_DIR"] = directory
(Path(directory) / "static").mkdir(exist_ok=True)
