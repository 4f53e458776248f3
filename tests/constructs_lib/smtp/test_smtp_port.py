from collections.abc import Sequence

import pytest

from constructs_lib.smtp.smtp_port import SMTP_PORTS, require_smtp_ports
from tests.support import refuses


@pytest.mark.parametrize("ports", [(587,), (2465, 465), SMTP_PORTS])
def test_takes_ports_of_ses(ports: tuple[int, ...]) -> None:
    assert require_smtp_ports(list(ports), option="ports") == ports


@pytest.mark.parametrize("ports", [[], [25], [587, 25], [588], [587, 587], [0], [2525]])
def test_refuses_other_ports(ports: Sequence[int]) -> None:
    with refuses("smtp-port-invalid", "ports: of 587, 2587, 465, 2465, each once (SES Dev"):
        require_smtp_ports(ports, option="ports")
