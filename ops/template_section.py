"""Custom verification templates as a section of the status: whether SES has them as the environment says."""

from collections.abc import Iterator, Sequence
from typing import Final

from constructs_lib.verification.verification_template import VerificationTemplate
from ops.addresses import AddressStatus
from ops.advice import DEPLOYER, NOTHING, NextStep, deploy_step
from ops.environment_status import NOT_KNOWN, Item, Section, Tone
from ops.errors import PermissionDeniedError
from ops.identity_status import IdentityStatus
from ops.permission_step import allow_step
from ops.ports import State, TemplateReader
from ops.template_state import TemplateState, compare_templates
from stacks.config import MailEnvironment

_WORDS: Final = {
    TemplateState.SAME: ("deployed", Tone.GOOD),
    TemplateState.DIFFERENT: ("differs", Tone.BAD),
    TemplateState.MISSING: ("not deployed", Tone.OPEN),
}


def template_section(
    environment: MailEnvironment,
    gateway: TemplateReader,
    statuses: Sequence[IdentityStatus],
    addresses: Sequence[AddressStatus],
) -> Section:
    """Ask about every template of an environment in each of its Regions.

    Args:
        environment: The environment.
        gateway: Read access to its account.
        statuses: Its domains: SES takes a template once its sender's identity is verified.
        addresses: Its single addresses, which may be senders too.

    Raises:
        AccessError: SES could not be asked, for another reason than a missing permission.
    """
    verified = {(item.domain, item.region) for item in statuses if item.identity is State.SUCCESS}
    verified |= {(item.declared.address, item.region) for item in addresses if item.state is State.SUCCESS}
    return Section(
        key="templates",
        things="templates",
        done="deployed",
        listed=True,
        items=tuple(_items(environment, gateway, verified)),
    )


def _items(
    environment: MailEnvironment, gateway: TemplateReader, verified: set[tuple[str, str]]
) -> Iterator[Item]:
    for region in environment.regions:
        for template in environment.templates_in(region):
            try:
                (status,) = compare_templates((template,), regions=(region,), gateway=gateway)
            except PermissionDeniedError as error:
                yield _item(template, region, NOT_KNOWN, Tone.OPEN, allow_step(error))
                continue
            word, tone = _WORDS[status.state]
            sender = environment.identity_of(template)
            waits = None if (sender, region) in verified else sender
            yield _item(template, region, word, tone, _next_step(environment, status.state, region, waits))


def _next_step(
    environment: MailEnvironment, state: TemplateState, region: str, waits_for: str | None
) -> NextStep:
    match state:
        case TemplateState.SAME:
            return NOTHING
        case TemplateState.MISSING if waits_for:
            return NextStep(
                action=f"SES takes it once {waits_for} is verified in {region}, whose next step is told "
                f"above. Then deploy: cdk deploy '{environment.name}/*'",
                who=DEPLOYER,
            )
        case TemplateState.MISSING:
            return deploy_step(environment)
        case TemplateState.DIFFERENT:
            where = f"{environment.name} --region {region}"
            return NextStep(
                action=f"See what differs: python -m ops templates diff {where}. What was changed in the "
                f"file, deploy; what was changed by hand in SES, put back: python -m ops templates update "
                f"{where}",
                who=DEPLOYER,
            )


def _item(template: VerificationTemplate, region: str, word: str, tone: Tone, next_step: NextStep) -> Item:
    return Item(
        title=f"{template.template_name} in {region}",
        word=word,
        tone=tone,
        next_step=next_step,
        document={
            "name": template.template_name,
            "region": region,
            "from": template.from_email_address,
            "state": word,
        },
    )
