"""Run every benchmark beside this file, one after the other. Figures are for reading; noise never fails anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> int:
    scripts = sorted(
        path
        for path in Path(__file__).parent.glob("*.py")
        if path.name not in ("run.py", "measure.py", "phone_lists.py", "hostile_files.py", "shop.py", "simulated.py")
    )
    chosen = [path for path in scripts if not sys.argv[1:] or path.stem in sys.argv[1:]]
    return max((subprocess.run([sys.executable, path], check=False).returncode for path in chosen), default=0)


if __name__ == "__main__":
    sys.exit(main())
