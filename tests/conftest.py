"""Every test uses the project's own Node and the context that ``cdk.json`` gives, however pytest starts."""

import os

from hypothesis import settings

from tests.support import BIN

# Before anything loads the CDK. The built-in template validation costs two seconds at the first synthesis:
# unit tests go without it, tests of the app switch it on.
os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
os.environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"
os.environ["CDK_VALIDATION"] = "false"

# The same examples in each run: a red build is the change's fault.
settings.register_profile("project", derandomize=True, database=None, deadline=None)
settings.load_profile("project")
