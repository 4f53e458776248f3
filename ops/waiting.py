"""Waiting that people can watch."""

from rich.text import Text

from ops import render
from ops.arguments import SECONDS_PER_MINUTE
from ops.identity_status import IdentityStatus
from ops.ports import MailGateway
from ops.status import awaited, wait_until_verified
from ops.terminal import console
from stacks.config import MailEnvironment


def wait_visibly(
    config: MailEnvironment, gateway: MailGateway, *, timeout_minutes: float, include_external: bool
) -> tuple[IdentityStatus, ...]:
    """Wait, with a spinner on a terminal and a line per question elsewhere; both on stderr."""
    progress = console(stderr=True)
    with progress.status("Asking Amazon SES") as spinner:

        def show(statuses: tuple[IdentityStatus, ...], seconds_left: float) -> None:
            pending = [
                item for item in awaited(statuses, include_external=include_external) if not item.verified
            ]
            if not pending:
                return
            line = render.progress(pending, seconds_left)
            if progress.is_terminal:
                spinner.update(Text(line))
            else:
                progress.print(Text(line), soft_wrap=True)

        return wait_until_verified(
            config,
            gateway,
            timeout_seconds=timeout_minutes * SECONDS_PER_MINUTE,
            include_external=include_external,
            on_poll=show,
        )
