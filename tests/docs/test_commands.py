"""What is found wrong in commands that do not exist."""

import pytest

from tests.docs.commands import check


@pytest.mark.parametrize(
    "line",
    [
        "make setup && source .venv/bin/activate",
        "make review BASE=origin/main FAIL_ON=danger",
        "export PATH=$PWD/node_modules/.bin:$PATH",
        "python -m ops status prod --wait  # with a comment",
        "python -m ops records prod --format zone > example.org.zone",
        "python -m ops templates --help",
        "python -m ops status staging",
        "cdk deploy 'prod/*' --require-approval never",
        'aws sqs receive-message --queue-url "$(aws sqs get-queue-url --queue-name mail --output text)"',
        "AWS_PROFILE=mail aws sesv2 list-email-identities | tee docs/identities.json",
        "cp stacks/environments/prod.py stacks/environments/staging.py",
        "cat constructs_lib/*/dns.py",
        "sudo journalctl -t postfix/smtp",
    ],
)
def test_a_command_that_exists_is_taken(line: str) -> None:
    assert list(check(line, files={"stacks/environments/staging.py"})) == []


@pytest.mark.parametrize(
    "line, fault",
    [
        ("make deploy", "no target deploy"),
        ("make setup && make synth ENVIRONMENT=prod", "no variable ENVIRONMENT"),
        ("python -m ops statuses prod", "no command statuses"),
        ("python -m ops status prod --waits", "No such option"),
        ("python -m ops status", "Missing argument"),
        ("python -m ops status staging", "no environment staging"),
        ("python -m ops audit prod --since yesterday", "such as 24h"),
        ("python -m ops templates fix --nothing", "No such option"),
        ("python -m stacks.nothing", "no module stacks.nothing"),
        ("python nothing.py", "there is no nothing.py"),
        ("python", "runs a module"),
        ("cdk depoy 'prod/*'", "no cdk depoy"),
        ("cdk deploy --nothing", "--nothing"),
        ("aws sesv2 list-identities", "no operation list-identities"),
        ("aws sesv2 get-email-identity --identity example.com", "no option --identity"),
        ("aws sesv3 get-account", "no service sesv3"),
        ('aws sqs purge-queue --queue-url "$(aws sqs get-url)"', "no operation get-url"),
        ("cat stacks/environments/nothing.py", "no stacks/environments/nothing.py"),
        ("terraform apply", "no page may call terraform"),
        ("echo 'open", "No closing quotation"),
    ],
)
def test_a_command_that_does_not_is_named(line: str, fault: str) -> None:
    faults = list(check(line, files=set()))
    assert len(faults) == 1
    assert fault in faults[0]


def test_a_line_goes_on_after_a_backslash() -> None:
    assert list(check("cdk deploy \\\n    'prod/*' \\\n    --nothing\n", files=set()))
    assert not list(check("cdk deploy \\\n    'prod/*'\n", files=set()))
