"""The same code in aws, aws-us-gov and aws-eusc: a template for each stack, as a file.

``make snapshots`` rewrites them.
"""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.regions import ses_regions
from tests.partitions import REGIONS, STATED, environment_in
from tests.snapshot_files import TemplateFile, compare
from tests.support import refuses
from tests.synthesis import stage_templates


class PartitionFile(TemplateFile):
    folder = Path(__file__).with_name("partition_snapshots")


@cache
def templates_in(partition: str) -> dict[str, dict[str, Any]]:
    return stage_templates(environment_in(REGIONS[partition]))


@pytest.mark.parametrize("partition", REGIONS)
def test_templates_are_as_reviewed(
    partition: str, snapshot: SnapshotAssertion, subtests: pytest.Subtests, pytestconfig: pytest.Config
) -> None:
    compare(
        templates_in(partition),
        partition,
        files=PartitionFile,
        snapshot=snapshot,
        subtests=subtests,
        update=pytestconfig.getoption("update_snapshots"),
    )


def test_every_folder_is_a_partition() -> None:
    assert {path.name for path in PartitionFile.folder.iterdir()} == set(REGIONS)


@pytest.mark.parametrize("partition", REGIONS)
def test_no_arn_names_another_partition(partition: str) -> None:
    text = json.dumps(templates_in(partition))
    literal = {part.partition(":")[0] for part in text.split("arn:")[1:]} - {'"'}
    # The rest are joined with AWS::Partition.
    assert {name for name in literal if name.startswith("aws")} <= {partition}


@pytest.mark.parametrize("partition", REGIONS)
def test_what_a_region_lacks_is_left_out_and_not_guessed(partition: str) -> None:
    text = json.dumps(templates_in(partition))
    facts = ses_regions()[REGIONS[partition]]
    assert ("AWS::SES::ReceiptRuleSet" in text) == (facts["inbound_host"] is not None)
    assert ("AWS::Budgets::Budget" in text) == facts["budgets"]
    assert f"10 {facts['feedback_host'] or STATED.feedback_host}" in text
    assert "amazonses.com" not in text or facts["partition"] != "aws-eusc"


@pytest.mark.parametrize("region", ["cn-north-1", "cn-northwest-1", "ap-east-2"])
def test_a_region_without_ses_is_refused_by_name(region: str) -> None:
    assert region not in ses_regions()
    with refuses("region-without-ses", region):
        replace(environment_in(REGIONS["aws"]), regions=(region,))
