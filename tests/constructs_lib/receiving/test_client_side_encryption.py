import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.owner_statements import OUTPUT
from constructs_lib.receiving.mail_processor import MailProcessor
from constructs_lib.receiving.receipt_actions import StoreInS3
from tests.constructs_lib.receiving import inbound_stacks
from tests.constructs_lib.receiving.client_side_stacks import PINS, encryption, made_reader
from tests.constructs_lib.receiving.receiving_stacks import PREFIX, build, rule, rules_by_name, store
from tests.lint_templates import findings as lint
from tests.support import refuses
from tests.synthesis import REGION, new_stack, only, outputs, resources, template_of
from tests.test_nag import PACKS, findings

LAYER = "AWS::Lambda::LayerVersion"
ENCRYPTED = StoreInS3(prefix=PREFIX, client_side_encryption=True)


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    stack = new_stack()
    encryption(stack, **overrides)
    return template_of(stack)


def test_a_rotated_key_that_stays_and_a_layer_for_the_functions_here() -> None:
    template = synth()
    _, key = only(template, "AWS::KMS::Key")
    _, layer = only(template, LAYER)
    assert len(template["Resources"]) == 2
    assert key["Properties"]["EnableKeyRotation"] is True
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert layer["Properties"]["CompatibleArchitectures"] == ["arm64"]
    assert layer["Properties"]["CompatibleRuntimes"] == ["python3.14"]
    assert "DeletionPolicy" not in layer or layer["DeletionPolicy"] == "Delete"
    _, gone = only(synth(removal_policy=cdk.RemovalPolicy.DESTROY), "AWS::KMS::Key")
    assert gone["DeletionPolicy"] == "Delete"


def test_a_key_that_exists_leaves_only_the_layer_to_be_made() -> None:
    arn = f"arn:aws:kms:{REGION}:111111111111:key/1"
    template = synth(existing_key_arn=arn)
    assert {each["Type"] for each in template["Resources"].values()} == {LAYER}
    ((description, value),) = outputs(template).items()
    assert description.startswith(f"{OUTPUT}ClientSideEncryptionOfMail, unless it leaves permissions to IAM")
    assert json.loads(value)["PolicyOf"] == arn
    with refuses("encryption-key-unusable", "existing_key_arn: "):
        synth(existing_key_arn="alias/mail")


def test_no_service_is_in_the_policy_of_the_key() -> None:
    _, key = only(synth(), "AWS::KMS::Key")
    (statement,) = key["Properties"]["KeyPolicy"]["Statement"]
    assert statement["Principal"].keys() == {"AWS"}


def test_the_template_depends_on_the_pins_and_on_nothing_that_was_installed(tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("one", "two", "three")]
    for place in places:
        place.mkdir()
    one = synth(**made_reader(places[0], content=b"x = 1"))
    two = synth(**made_reader(places[1], content=b"x = 2"))
    three = synth(**made_reader(places[2], pins=PINS + b"attrs==26.1.0\n"))
    assert json.dumps(one) == json.dumps(two)
    assert only(one, LAYER)[1]["Properties"]["Content"] != only(three, LAYER)[1]["Properties"]["Content"]


def test_without_the_installed_packages_nothing_is_built(tmp_path: Path) -> None:
    options, stack = made_reader(tmp_path), new_stack()
    options["requirements"].write_bytes(PINS + b"attrs==26.1.0\n")
    with refuses("mail-reader-missing", "packages of other pins"):
        encryption(stack, **options)
    with refuses("mail-reader-missing", "run make reader"):
        encryption(stack, **(options | {"reader": tmp_path / "nowhere"}))
    assert stack.node.try_find_child("ClientSide") is None


def test_ses_encrypts_what_a_rule_says_and_nothing_else() -> None:
    stack = new_stack()
    rules = [rule("secret", ENCRYPTED), rule("plain")]
    build(stack, store=store(stack, client_side=encryption(stack)), rules=rules)
    template = template_of(stack)
    (key,) = (each for each in resources(template, "AWS::KMS::Key") if each.startswith("ClientSide"))
    actions = {
        name: rules_by_name(template)[name]["Properties"]["Rule"]["Actions"][0]["S3Action"]
        for name in ("secret", "plain")
    }
    assert actions["secret"]["KmsKeyArn"] == {"Fn::GetAtt": [key, "Arn"]}
    assert actions["secret"]["IamRoleArn"] == actions["plain"]["IamRoleArn"]
    assert "KmsKeyArn" not in actions["plain"]


def test_mail_that_nobody_could_read_is_refused() -> None:
    stack = new_stack()
    with refuses("client-side-encryption-missing", "secret: client_side_encryption: "):
        build(stack, rules=[rule("secret", ENCRYPTED)])
    mail = store(new_stack(), client_side=encryption(other := new_stack()))
    own = StoreInS3(
        prefix=PREFIX,
        client_side_encryption=True,
        bucket=mail.bucket,
        writer_role=iam.Role.from_role_name(other, "Writer", "writer"),
    )
    with refuses("client-side-encryption-missing", "a bucket of its own"):
        build(other, store=mail, rules=[rule("secret", own)])


def test_the_built_in_function_gets_layer_and_key_and_only_where_it_is_asked() -> None:
    stack = new_stack()
    inbound_stacks.build(stack, client_side=encryption(stack))
    template = template_of(stack)
    layer, _ = only(template, LAYER)
    (key,) = (each for each in resources(template, "AWS::KMS::Key") if each.startswith("ClientSide"))
    _, function = only(template, "AWS::Lambda::Function")
    assert function["Properties"]["Layers"] == [{"Ref": layer}]
    told = json.dumps(function["Properties"]["Environment"]["Variables"]["INBOUND_MAIL"])
    assert "client_side_key_arn" in told
    assert key in told
    _, plain = only(inbound_stacks.synth(), "AWS::Lambda::Function")
    assert "Layers" not in plain["Properties"]
    assert "client_side_key_arn" not in json.dumps(plain["Properties"]["Environment"])


def test_your_own_function_gets_the_permission_and_takes_the_layer_itself() -> None:
    stack = new_stack()
    client_side, yours = encryption(stack), inbound_stacks.your_function(stack)
    inbound_stacks.build(stack, client_side=client_side, function=yours)
    template = template_of(stack)
    (policy,) = (
        found["Properties"]["PolicyDocument"]["Statement"]
        for key, found in resources(template, "AWS::IAM::Policy").items()
        if key.startswith("Inbound")
    )
    (key,) = (each for each in resources(template, "AWS::KMS::Key") if each.startswith("ClientSide"))
    assert {"Fn::GetAtt": [key, "Arn"]} in [each["Resource"] for each in policy]
    _, function = only(template, "AWS::Lambda::Function")
    assert "Layers" not in function["Properties"]


def test_a_function_with_too_little_memory_to_decrypt_is_refused() -> None:
    stack = new_stack()
    client_side = encryption(stack)
    with refuses("inbound-mail-invalid", "512 or more"):
        inbound_stacks.build(stack, client_side=client_side, processor=MailProcessor(memory_mb=511))
    inbound_stacks.build(new_stack(), processor=MailProcessor(memory_mb=256))


def test_the_rule_packs_and_cfn_lint_are_clean(tmp_path: Path) -> None:
    stack = new_stack()
    client_side = encryption(stack)
    build(stack, store=store(stack, client_side=client_side), rules=[rule("secret", ENCRYPTED)])
    inbound_stacks.build(stack, client_side=client_side)
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), encoding="utf-8")
    assert lint("Stack", REGION, path) == []
