"""Build the site: ``python -m docs_site``, or ``make docs``."""

import sys
from pathlib import Path

from docs_site.build import build

if __name__ == "__main__":
    sys.exit(build(Path("site").absolute()))
