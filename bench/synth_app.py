"""One synthesis, measured from outside: ``python -m bench.synth_app empty|prod|N|api-N|smtp-N OUTDIR``."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk

from constructs_lib.identity.dns import Route53Zone
from constructs_lib.sending.send_conditions import SendConditions
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.environments import environment
from stacks.mail_stage import MailStage
from stacks.senders_config import Sender


def many_senders(way: str, count: int) -> MailEnvironment:
    """One domain and as many senders, by the API or by SMTP."""
    return replace(
        many_domains(1),
        senders=tuple(
            Sender(
                name=f"sender-{index}",
                conditions=SendConditions(from_addresses=(f"sender-{index}@brand-0.example",)),
                smtp=way == "smtp",
            )
            for index in range(count)
        ),
    )


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
        way, _, count = kind.partition("-")
        if count:
            config = many_senders(way, int(count))
        else:
            config = environment(kind) if kind.isalpha() else many_domains(int(kind))
        MailStage(app, config.name, config=config)
    app.synth()


if __name__ == "__main__":
    synthesize(*sys.argv[1:])
