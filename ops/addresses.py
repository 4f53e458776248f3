"""Single addresses: what SES says of each, until when the link in its mail works, and what is next.

The deploy makes the identity of an address, which has SES send its own mail. With a template nothing is there
before ``python -m ops verify`` sends the mail of it.
"""

import shlex
from dataclasses import dataclass
from datetime import datetime

from ops.advice import DEPLOYER, NOTHING, SES, NextStep, deploy_step
from ops.deploy_times import deploy_time
from ops.errors import PermissionDeniedError
from ops.permission_step import allow_step
from ops.ports import IdentityAnswer, MailGateway, State
from ops.timing import IDLE, LINK, UNKNOWN, Timing, timing_of
from stacks.config import MailEnvironment
from stacks.stack_names import address_stack_name
from stacks.verification_config import MailAddress


@dataclass(frozen=True, kw_only=True)
class AddressStatus:
    """One address in one Region.

    Attributes:
        declared: The address as the environment declares it.
        region: The Region.
        state: Its state; None where the permission to know it is missing.
        timing: Since when, and until when.
        configuration_set: The default configuration set that SES uses, None without one.
        next_step: What to do, and who must do it.
    """

    declared: MailAddress
    region: str
    state: State | None
    next_step: NextStep
    timing: Timing = IDLE
    configuration_set: str | None = None


def read_addresses(
    environment: MailEnvironment, gateway: MailGateway, *, now: datetime
) -> tuple[AddressStatus, ...]:
    """Ask about every address of an environment, in the order of its file.

    Args:
        environment: The environment.
        gateway: Read access to its account.
        now: The time of the reading, with a time zone.

    Raises:
        AccessError: AWS could not be asked, for another reason than a missing permission.
    """
    return tuple(
        _read(environment, declared, region, gateway, now)
        for declared in environment.addresses
        for region in environment.regions_of_address(declared)
    )


def _read(
    environment: MailEnvironment, declared: MailAddress, region: str, gateway: MailGateway, now: datetime
) -> AddressStatus:
    try:
        answer = gateway.identity(declared.address, region=region)
    except PermissionDeniedError as error:
        return AddressStatus(declared=declared, region=region, state=None, next_step=allow_step(error))
    if answer is None:
        return AddressStatus(
            declared=declared,
            region=region,
            state=State.NOT_STARTED if declared.template else State.NOT_DEPLOYED,
            next_step=(
                _verify("Send the verification mail", environment, declared, region)
                if declared.template
                else deploy_step(environment)
            ),
        )
    started = UNKNOWN
    if answer.identity is State.PENDING and declared.template is None:
        stack = address_stack_name(environment, region)
        started = deploy_time(gateway, declared.address, stack=stack, region=region)
    timing = timing_of(answer.identity, started=started, limit=LINK, last_success=answer.last_success)
    return AddressStatus(
        declared=declared,
        region=region,
        state=answer.identity,
        timing=timing,
        configuration_set=answer.configuration_set,
        next_step=_next_step(
            environment, declared, region, answer, expired=timing.until is not None and now >= timing.until
        ),
    )


def _next_step(
    environment: MailEnvironment, declared: MailAddress, region: str, answer: IdentityAnswer, *, expired: bool
) -> NextStep:
    match answer.identity:
        case State.SUCCESS:
            return _settings(environment, declared, region, answer.configuration_set)
        case State.PENDING if not expired:
            return NextStep(
                action=f"Click the link in the verification mail, within {LINK.hours} hours of the mail. If "
                "there is none, spam included, whoever deploys sends it again: "
                + _command(environment, declared, region),
                who=f"whoever reads the mail of {declared.address}",
            )
        case State.TEMPORARY_FAILURE:
            again = _command(environment, declared, region)
            return NextStep(action=f"Wait: SES tries again. If it stays so, send the mail: {again}", who=SES)
        case State.PENDING:
            what = f"The deploy's mail is older than {LINK.hours} hours. Unless it was sent again since"
        case State.NOT_STARTED:
            what = "Send the verification mail"
        case _:
            what = "The link has expired: send the verification mail again"
    return _verify(what, environment, declared, region)


def _settings(
    environment: MailEnvironment, declared: MailAddress, region: str, configuration_set: str | None
) -> NextStep:
    wanted = environment.configuration_set_name
    if configuration_set == wanted:
        return NOTHING
    how = f"Deploy: cdk deploy '{environment.name}/*'"
    if declared.template:
        # The mail of a template makes an identity that no stack holds.
        how = (
            f"Set it: aws sesv2 put-email-identity-configuration-set-attributes --region {region} "
            f"--email-identity {shlex.quote(declared.address)} --configuration-set-name {wanted}"
        )
    return NextStep(
        action=f"The default configuration set is {configuration_set or 'not set'}, the environment says "
        f"{wanted}. {how}",
        who=DEPLOYER,
    )


def _verify(what: str, environment: MailEnvironment, declared: MailAddress, region: str) -> NextStep:
    return NextStep(action=f"{what}: {_command(environment, declared, region)}", who=DEPLOYER)


def _command(environment: MailEnvironment, declared: MailAddress, region: str) -> str:
    elsewhere = f" --region {region}" if region != environment.regions_of_address(declared)[0] else ""
    return f"python -m ops verify {environment.name} {shlex.quote(declared.address)}{elsewhere} --wait"
