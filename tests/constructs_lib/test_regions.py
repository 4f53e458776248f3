import json

import pytest
from botocore.session import Session

from constructs_lib.regions import (
    feedback_host,
    inbound_host,
    require_receiving_region,
    require_ses_region,
    ses_regions,
    smtp_host,
)
from ops.refresh_regions import DATA, regions_data
from tests.support import TOKEN, refuses


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", "us-gov-west-1", "ap-southeast-2"])
def test_feedback_host_names_its_region(region: str) -> None:
    assert feedback_host(region) == f"feedback-smtp.{region}.amazonses.com"


def test_a_token_passes_and_stays_in_the_host() -> None:
    require_ses_region(TOKEN, option="region")
    assert feedback_host(TOKEN) == f"feedback-smtp.{TOKEN}.amazonses.com"


@pytest.mark.parametrize("region", ["", "eu-west-9", "EU-WEST-1", "eu-west-1a", "Europe (Ireland)"])
def test_refuses_a_region_without_ses(region: str) -> None:
    with refuses("region-without-ses", "eu-west-1, eu-west-2"):
        require_ses_region(region, option="regions")
    with refuses("region-without-ses", repr(region)):
        feedback_host(region)


def test_an_unpublished_feedback_host_is_never_guessed() -> None:
    unpublished = {name for name, facts in ses_regions().items() if facts["feedback_host"] is None}
    assert "eusc-de-east-1" in unpublished
    for region in unpublished:
        require_ses_region(region, option="regions")
        with refuses("mail-from-feedback-host-unknown", region):
            feedback_host(region)


def test_the_smtp_host_names_its_region() -> None:
    assert smtp_host("eu-west-1") == "email-smtp.eu-west-1.amazonaws.com"
    assert smtp_host("us-gov-west-1") == "email-smtp.us-gov-west-1.amazonaws.com"


@pytest.mark.parametrize("region", ["eusc-de-east-1", TOKEN])
def test_an_unpublished_smtp_host_is_never_guessed(region: str) -> None:
    with refuses("smtp-host-unknown", region):
        smtp_host(region)


def test_no_smtp_host_without_ses() -> None:
    with refuses("region-without-ses", "'eu-west-9'"):
        smtp_host("eu-west-9")


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", "eu-north-1", "ap-southeast-1", TOKEN])
def test_the_inbound_host_names_its_region(region: str) -> None:
    require_receiving_region(region, option="region")
    assert inbound_host(region) == f"inbound-smtp.{region}.amazonaws.com"


def test_mail_comes_in_at_amazonaws_and_feedback_at_amazonses() -> None:
    for region, facts in ses_regions().items():
        if facts["feedback_host"]:
            assert feedback_host(region) == f"feedback-smtp.{region}.amazonses.com"
        if facts["inbound_host"]:
            assert inbound_host(region) == f"inbound-smtp.{region}.amazonaws.com"
    assert feedback_host(TOKEN).endswith(".amazonses.com")
    assert inbound_host(TOKEN).endswith(".amazonaws.com")


@pytest.mark.parametrize(
    "region", ["us-gov-west-1", "eu-central-2", "ca-west-1", "eusc-de-east-1", "eu-west-9", "EU-WEST-1", ""]
)
def test_refuses_a_region_that_receives_nothing(region: str) -> None:
    with refuses("region-without-receiving", "regions: "):
        require_receiving_region(region, option="regions")
    with refuses("region-without-receiving", "eu-west-1, eu-west-2, eu-west-3"):
        inbound_host(region)


def test_the_data_agrees_with_botocore() -> None:
    session = Session()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("sesv2", partition_name=partition):
            assert ses_regions()[region]["partition"] == partition


def test_the_data_is_what_the_installed_schemas_say() -> None:
    assert json.loads(DATA.read_text(encoding="utf-8")) == regions_data(), (
        "run: python -m ops.refresh_regions"
    )
