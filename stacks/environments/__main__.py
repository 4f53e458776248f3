"""Check an environment's name: ``python -m stacks.environments prod``."""

import sys

from constructs_lib.errors import ConfigurationError
from stacks.environments import ENVIRONMENTS, environment

if __name__ == "__main__":
    try:
        for requested in sys.argv[1:] or ENVIRONMENTS:
            print(environment(requested).name)  # noqa: T201 - a command prints
    except ConfigurationError as error:
        sys.exit(str(error))
