"""Run the operator's command line: ``python -m ops --help``."""

from constructs_lib.errors import show_configuration_errors_plainly

show_configuration_errors_plainly()

from ops.cli import app  # noqa: E402 - a wrong value in an environment is raised here

if __name__ == "__main__":
    app(prog_name="python -m ops")
