"""Run the operator's command line: ``python -m ops --help``."""

from ops.cli import app

if __name__ == "__main__":
    app(prog_name="python -m ops")
