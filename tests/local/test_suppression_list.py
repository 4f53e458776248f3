import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import Aws


def test_an_address_comes_onto_the_list_and_goes(aws: Aws, domain: str) -> None:
    address = f"Jo@{domain}"
    missing = aws.ses.exceptions.NotFoundException
    with pytest.raises(missing):
        aws.ses.get_suppressed_destination(EmailAddress=address)
    aws.ses.put_suppressed_destination(EmailAddress=address, Reason="COMPLAINT")
    found = aws.ses.get_suppressed_destination(EmailAddress=address.lower())["SuppressedDestination"]
    assert (found["EmailAddress"], found["Reason"]) == (address, "COMPLAINT")
    with pytest.raises(missing):
        aws.in_region("eu-west-1").ses.get_suppressed_destination(EmailAddress=address)
    aws.ses.delete_suppressed_destination(EmailAddress=address)
    with pytest.raises(missing):
        aws.ses.delete_suppressed_destination(EmailAddress=address)


def test_ses_knows_two_reasons(aws: Aws, domain: str) -> None:
    with pytest.raises(ClientError, match="BadRequestException"):
        aws.ses.put_suppressed_destination(EmailAddress=f"jo@{domain}", Reason="HEARSAY")  # type: ignore[arg-type]
