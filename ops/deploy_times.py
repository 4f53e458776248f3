"""When CloudFormation last changed an identity, where it may be asked."""

from ops.errors import PermissionDeniedError
from ops.ports import MailGateway
from ops.timing import Known


def deploy_time(gateway: MailGateway, identity: str, *, stack: str, region: str) -> Known:
    """The time of the last change, or why nobody tells it: the status is worth having without.

    Args:
        gateway: Read access to the account.
        identity: A domain or an address.
        stack: Name of the stack that should hold it.
        region: The Region of both.

    Raises:
        AccessError: CloudFormation could not be asked, for another reason than a missing permission.
    """
    try:
        at = gateway.deployed_at(identity, stack_name=stack, region=region)
    except PermissionDeniedError:
        return Known(source="no permission for cloudformation:ListStackResources")
    if at is None:
        return Known(source=f"SES does not say, and the stack {stack} does not hold it")
    return Known(at=at, source="identity last deployed, says CloudFormation")
