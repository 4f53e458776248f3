"""Write the pages into a folder and have MkDocs make a site of them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from docs_site.links import LinkError
from docs_site.navigation import navigation
from docs_site.tree import Tree

ROOT: Final = Path(__file__).parents[1]
_HERE: Final = Path(__file__).parent
_SHIM: Final = ROOT / "node_modules" / "iframe-worker" / "shim" / "index.js"


def build(site: Path) -> int:
    """Build the site, strictly: a warning is a failure.

    Args:
        site: Where it comes; what is there goes.

    Returns:
        The exit code: 0, or that of MkDocs, or 1 for links to what is not there.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            config = write(Path(folder), site)
        except LinkError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        # The theme's authors announce their next program on each start.
        environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
        options = ["--strict", "--quiet", "--config-file", str(config)]
        command = [sys.executable, "-m", "mkdocs", "build", *options]
        return subprocess.run(command, env=environment, check=False).returncode


def write(folder: Path, site: Path) -> Path:
    """Write pages and configuration into a folder.

    Returns:
        The configuration.

    Raises:
        LinkError: Pages link to something that the repository does not have.
    """
    tree = Tree(ROOT)
    tree.fill()
    docs = folder / "docs"
    for name, text in tree.pages.items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name, original in tree.files.items():
        shutil.copyfile(original, docs / name)
    shutil.copytree(_HERE / "assets", docs / "assets")
    shutil.copyfile(_SHIM, docs / "assets" / "iframe-worker.js")
    config = folder / "mkdocs.yml"
    settings = {
        "INHERIT": str(_HERE / "mkdocs.yml"),
        "docs_dir": str(docs),
        "site_dir": str(site),
        "nav": navigation(ROOT, list(tree.pages)),
        "not_in_nav": "/source/",
    }
    config.write_text(json.dumps(settings, indent=2), encoding="utf-8")  # JSON is YAML
    return config
