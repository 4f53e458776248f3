import pytest

from constructs_lib.runtimes.smtp_credentials.smtp_password import smtp_password

AWS_EXAMPLE = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize(
    "secret,region,password",
    [
        # AWS SDK for PHP, tests/Ses/SesClientTest.php, testCanGenerateSmtpPasswordV4FromCredentials: made
        # with the sample code of the SES Developer Guide.
        (AWS_EXAMPLE, "us-east-2", "BMPPgbAHoFVbze1Ud0oA5uNdXRwUXUZ+qOwphGJbl/cS"),
        # Terraform AWS provider, internal/service/iam/access_key_test.go,
        # TestSESSMTPPasswordFromSecretKeySigV4.
        ("some+secret+key", "eu-central-1", "BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2"),
        ("another+secret+key", "eu-central-1", "BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh"),
        ("some+secret+key", "us-west-1", "BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj"),
        ("another+secret+key", "us-west-1", "BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF"),
    ],
)
def test_the_published_vectors(secret: str, region: str, password: str) -> None:
    assert smtp_password(secret, region=region) == password


def test_another_region_is_another_password() -> None:
    assert smtp_password(AWS_EXAMPLE, region="eu-west-1") != smtp_password(AWS_EXAMPLE, region="eu-west-2")
