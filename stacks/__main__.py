"""Check an environment's values, and that it exists: ``python -m stacks prod``."""

import sys

from constructs_lib.errors import show_configuration_errors_plainly

show_configuration_errors_plainly()

from stacks.environments import environment  # noqa: E402 - a wrong value in an environment is raised here

if __name__ == "__main__":
    for requested in sys.argv[1:]:
        environment(requested)
