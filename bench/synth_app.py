"""One synthesis, to be measured from outside: ``python -m bench.synth_app empty|prod|N OUTDIR``."""

import json
import sys
from pathlib import Path

import aws_cdk as cdk

from constructs_lib.dns import Route53Zone
from stacks.config import MailDomain, MailEnvironment
from stacks.environments import environment
from stacks.mail_stage import MailStage


def many_domains(count: int) -> MailEnvironment:
    """An environment of as many domains, each in its own existing zone."""
    return MailEnvironment(
        name="many",
        account="333333333333",
        regions=("eu-west-1",),
        configuration_set_name="transactional",
        domains=tuple(
            MailDomain(
                domain=f"brand-{index}.example",
                dns=Route53Zone(zone_id=f"Z{index:019d}", zone_name=f"brand-{index}.example"),
            )
            for index in range(count)
        ),
    )


def synthesize(kind: str, outdir: str) -> None:
    """Synthesize an app with an empty stack, the production environment or `kind` domains."""
    flags = json.loads(Path("cdk.json").read_text(encoding="utf-8"))["context"]
    app = cdk.App(outdir=outdir, context=flags, stack_traces=False)
    if kind == "empty":
        cdk.Stack(app, "Empty")
    else:
        config = environment(kind) if kind.isalpha() else many_domains(int(kind))
        MailStage(app, config.name, config=config)
    app.synth()


if __name__ == "__main__":
    synthesize(*sys.argv[1:])
