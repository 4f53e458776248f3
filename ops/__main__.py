"""Run the operator's command line: ``python -m ops --help``."""

import sys

from constructs_lib.errors import show_configuration_errors_plainly

show_configuration_errors_plainly()

if __name__ == "__main__":
    # An environment that names a broken template file cannot be loaded, so what repairs the file loads none.
    if sys.argv[1:2] == ["templates"] and sys.argv[2:3] in (["check"], ["fix"]):
        from ops.template_files import app

        app(sys.argv[2:], prog_name="python -m ops templates")
    else:
        from ops.cli import app as every_command  # a wrong value in an environment is raised here

        every_command(prog_name="python -m ops")
