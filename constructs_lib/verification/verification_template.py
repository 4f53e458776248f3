"""A custom verification template as a value: what SES sends to an address that somebody wants to verify.

It is made from the file that the AWS CLI takes, the HTML inside or in a file of the same name beside it::

    welcome.json    TemplateName, FromEmailAddress, TemplateSubject, SuccessRedirectionURL, ...
    welcome.html    the HTML, where welcome.json has no TemplateContent

    aws ses create-custom-verification-email-template --cli-input-json file://welcome.json \
        --template-content file://welcome.html

Sources: SES Developer Guide, custom verification email templates and their FAQ; CloudFormation,
AWS::SES::CustomVerificationEmailTemplate. Nothing here loads the CDK.

Example::

    VerificationTemplate.from_file(Path(__file__).parent / "welcome.json")
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from constructs_lib.domain_name import is_token, is_within
from constructs_lib.email_address import normalize_address
from constructs_lib.errors import ConfigurationError
from constructs_lib.verification.template_fields import (
    as_encoded_words,
    require_literal,
    require_name,
    require_subject,
    require_url,
)
from constructs_lib.verification.template_html import as_ascii, require_content
from constructs_lib.verification.template_json import CONTENT_KEY, KEYS, decode, read_fields


@dataclass(frozen=True, kw_only=True)
class VerificationTemplate:
    """One template, as the file says it.

    Attributes:
        template_name: 1 to 64 ASCII letters, digits, hyphens, underscores. Applications send with it;
            another name is another template.
        from_email_address: A bare address of a verified identity.
        template_subject: The subject. Characters beyond ASCII are sent as encoded words (RFC 2047).
        template_content: HTML of less than 10 MB, in the tags and attributes that SES takes. SES adds the
            verification link and a note of its own at its end.
        success_redirection_url: Where a person lands after a successful verification: ``https://``.
        failure_redirection_url: Where a person lands otherwise: ``https://``.

    Raises:
        ConfigurationError: ``template-name-invalid``, ``template-subject-invalid``,
            ``template-content-invalid``, ``template-dynamic-reference``, ``template-too-large``,
            ``template-url-invalid``, ``email-address-invalid`` or a code of `normalize_domain`.
    """

    template_name: str
    from_email_address: str
    template_subject: str
    template_content: str
    success_redirection_url: str
    failure_redirection_url: str

    def __post_init__(self) -> None:
        require_name(self.template_name)
        address = normalize_address(self.from_email_address, option=self._option("FromEmailAddress"))
        object.__setattr__(self, "from_email_address", address)
        require_subject(self.template_subject, option=self._option("TemplateSubject"))
        require_literal(self.template_subject, option=self._option("TemplateSubject"))
        require_content(self.template_content, option=self._option(CONTENT_KEY))
        require_literal(self.template_content, option=self._option(CONTENT_KEY))
        require_url(self.success_redirection_url, option=self._option("SuccessRedirectionURL"))
        require_url(self.failure_redirection_url, option=self._option("FailureRedirectionURL"))

    @classmethod
    def from_file(cls, path: Path) -> "VerificationTemplate":
        """Read the JSON of a file, and the HTML from the file ``<name>.html`` beside it if it is there.

        Args:
            path: The JSON file.

        Raises:
            ConfigurationError: ``template-file-broken``, with line, column and cause;
                ``template-keys-invalid``; the codes of this class.
        """
        html = path.with_suffix(".html")
        way_out = (
            f"`python -m ops templates fix {path}` moves the HTML to its own file, {html.name}, and writes"
            " the rest as JSON"
        )
        return cls.from_json(
            decode(_read(path), source=str(path), way_out=way_out),
            source=str(path),
            html=decode(_read(html), source=str(html)).removeprefix("\ufeff") if html.exists() else None,
            way_out=way_out,
        )

    @classmethod
    def from_json(
        cls,
        text: str,
        *,
        source: str = "template",
        html: str | None = None,
        way_out: str = "keep the HTML in a file of its own and pass it as html",
    ) -> "VerificationTemplate":
        """Read the JSON that the AWS CLI takes.

        Args:
            text: The JSON.
            source: What errors call it. Default: ``template``.
            html: The HTML, where the JSON has no ``TemplateContent``. Default: it has one.
            way_out: What an error recommends for what is no JSON.

        Raises:
            ConfigurationError: as `from_file`.
        """
        fields = read_fields(text, source=source, way_out=way_out)
        if (html is None) == (CONTENT_KEY not in fields):
            raise ConfigurationError(
                "template-keys-invalid",
                option=f"{source}: {CONTENT_KEY}",
                rule="the HTML is in the JSON or in the .html file of the same name, not in both.",
                got="neither" if html is None else "both",
                fix="write a .html file beside it" if html is None else f"take {CONTENT_KEY} or the file out",
            )
        fields.setdefault(CONTENT_KEY, html or "")
        return cls(
            template_name=fields["TemplateName"],
            from_email_address=fields["FromEmailAddress"],
            template_subject=fields["TemplateSubject"],
            template_content=fields[CONTENT_KEY],
            success_redirection_url=fields["SuccessRedirectionURL"],
            failure_redirection_url=fields["FailureRedirectionURL"],
        )

    def submitted(self) -> dict[str, str]:
        """What SES gets, by the keys of its API, all of it in ASCII."""
        values = (
            self.template_name,
            self.from_email_address,
            as_encoded_words(self.template_subject),
            as_ascii(self.template_content),
            self.success_redirection_url,
            self.failure_redirection_url,
        )
        return dict(zip(KEYS, values, strict=True))

    def require_sender(self, identities: Sequence[str], *, option: str = "identities") -> None:
        """Refuse a From address that none of these identities sends for.

        Args:
            identities: Domains, which send for their subdomains too, and addresses.
            option: The option that they are from.

        Raises:
            ConfigurationError: ``from-address-outside-identity``.
        """
        domain = self.from_email_address.rpartition("@")[2]
        if is_token(self.from_email_address) or any(
            identity == self.from_email_address or ("@" not in identity and is_within(domain, identity))
            for identity in identities
        ):
            return
        raise ConfigurationError(
            "from-address-outside-identity",
            option=self._option("FromEmailAddress"),
            rule=f"an address of what is verified here ({option}): {', '.join(identities) or 'nothing'}.",
            got=self.from_email_address,
            fix="use an address of one of them, or declare its domain",
        )

    def _option(self, key: str) -> str:
        return f"{self.template_name}: {key}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            "template-file-broken",
            option=str(path),
            rule="a template file can be read.",
            got=error.strerror,
            fix="write its path, such as Path(__file__).parent / 'welcome.json'",
        ) from error
