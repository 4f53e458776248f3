import json
from typing import Any

from tests.local.conftest import Aws
from tests.local.deployable import delete_stack
from tests.local.test_cloudformation_identity import update
from tests.local.test_cloudformation_verification_template import create, fails

STACK = "encrypted-bucket"
KEY = "arn:aws:kms:us-east-1:000000000000:key/1"


def template(**default: str) -> str:
    by_default = {"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    properties: Any = {"BucketName": STACK}
    if default:
        properties["BucketEncryption"] = {"ServerSideEncryptionConfiguration": [by_default]}
    return json.dumps({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}}})


def shown(aws: Aws) -> tuple[str, str | None]:
    s3 = aws._client("s3")
    s3.put_object(Bucket=STACK, Key="object", Body=b"")
    found = s3.get_object(Bucket=STACK, Key="object")
    return found["ServerSideEncryption"], found.get("SSEKMSKeyId")


def test_objects_are_encrypted_as_the_template_says(aws: Aws) -> None:
    create(aws, STACK, template())
    assert shown(aws) == ("AES256", None)
    update(aws, STACK, template(SSEAlgorithm="aws:kms", KMSMasterKeyID=KEY))
    assert shown(aws) == ("aws:kms", KEY)
    (rule,) = aws._client("s3").get_bucket_encryption(Bucket=STACK)["ServerSideEncryptionConfiguration"][
        "Rules"
    ]
    assert rule["BucketKeyEnabled"] is True
    update(aws, STACK, template(SSEAlgorithm="aws:kms"))
    assert shown(aws) == ("aws:kms", "arn:aws:kms:us-east-1:000000000000:alias/aws/s3")
    update(aws, STACK, template())
    assert shown(aws) == ("AES256", None)
    delete_stack(aws, STACK)


def test_an_algorithm_that_does_not_exist(aws: Aws) -> None:
    assert "MalformedXML" in fails(aws, STACK, template(SSEAlgorithm="AES-256"))
    delete_stack(aws, STACK)
