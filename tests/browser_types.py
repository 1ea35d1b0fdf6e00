"""`tsc` over the browser code's JSDoc types, where Node and its packages are installed."""

import subprocess
import sys
from pathlib import Path

from tests import services

ROOT = Path(__file__).resolve().parent.parent
COMPILER = ROOT / "node_modules" / ".bin" / "tsc"


def main() -> int:
    if services.found("node") and COMPILER.exists():
        return subprocess.run([COMPILER, "-p", "jsconfig.json"], cwd=ROOT).returncode
    required = "node" in services.required()
    missing = "Node is not installed" if services.found("node") is None else "run npm ci first"
    print(f"{'FAILED' if required else 'skipped'}: the types of the browser code: {missing}.")
    return int(required)


if __name__ == "__main__":
    sys.exit(main())
