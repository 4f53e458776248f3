"""A synthesized stack with its files, deployed without the CDK command line."""

import io
import json
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from local.embedded import ACCOUNT, REGION
from tests.local.conftest import Aws
from tests.local.test_cloudformation_identity import FAST
from tests.synthesis import new_app


def new_deployable_stack(name: str, *, region: str = REGION) -> cdk.Stack:
    """An empty stack that needs no bootstrap stack."""
    return cdk.Stack(
        new_app(),
        name,
        env=cdk.Environment(account=ACCOUNT, region=region),
        synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )


@dataclass(frozen=True, kw_only=True)
class Deployable:
    """A template, and the content of each file asset by bucket and key."""

    name: str
    template: dict[str, Any]
    assets: dict[tuple[str, str], bytes]

    @classmethod
    def of(cls, stack: cdk.Stack) -> "Deployable":
        app = stack.node.root
        assert isinstance(app, cdk.App)
        return cls.read(Path(app.synth().directory), stack.stack_name, stack.artifact_id)

    @classmethod
    def of_stage(cls, stage: cdk.Stage) -> "dict[str, Deployable]":
        """The stacks of a stage by their id below it."""
        folder = Path(stage.synth().directory)
        return {
            stack.node.id: cls.read(folder, stack.stack_name, stack.artifact_id)
            for stack in stage.node.children
            if isinstance(stack, cdk.Stack)
        }

    @classmethod
    def read(cls, folder: Path, name: str, files: str) -> "Deployable":
        """A stack of a cloud assembly: its name, and what its files begin with."""
        manifest = json.loads((folder / f"{files}.assets.json").read_text(encoding="utf-8"))
        assets = {}
        for file in manifest["files"].values():
            (place,) = file["destinations"].values()
            if file["source"]["packaging"] == "zip":
                assets[place["bucketName"], place["objectKey"]] = _zipped(folder / file["source"]["path"])
        template = json.loads((folder / f"{files}.template.json").read_text(encoding="utf-8"))
        # Nothing is bootstrapped here.
        template.get("Parameters", {}).pop("BootstrapVersion", None)
        template.pop("Rules", None)
        return cls(name=name, template=template, assets=assets)

    def deploy(self, aws: Aws, *, ends: str | None = None) -> None:
        """Create or update the stack.

        `ends`: the waiter of another end than a good one, such as ``stack_rollback_complete``.
        """
        s3 = aws._client("s3")
        elsewhere: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
        if aws.region == REGION:
            elsewhere = {}  # us-east-1 is named by naming none
        for (bucket, key), content in self.assets.items():
            with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
                s3.create_bucket(Bucket=bucket, **elsewhere)
            s3.put_object(Bucket=bucket, Key=key, Body=content)
        calls = aws.cloudformation
        exists = any(stack["StackName"] == self.name for stack in calls.describe_stacks()["Stacks"])
        options: Any = {
            "StackName": self.name,
            "TemplateBody": json.dumps(self.template),
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }
        if exists:
            calls.update_stack(**options)
        else:
            calls.create_stack(**options)
        done: Any = ends or ("stack_update_complete" if exists else "stack_create_complete")
        calls.get_waiter(done).wait(StackName=self.name, WaiterConfig=FAST)


def delete_stack(aws: Aws, name: str) -> None:
    aws.cloudformation.delete_stack(StackName=name)
    aws.cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=FAST)


def _zipped(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return content.getvalue()
