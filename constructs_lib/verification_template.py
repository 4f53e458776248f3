"""A custom verification template as a value: what SES sends to an address that somebody wants to verify.

It is made from the file that the AWS CLI takes, with the HTML inside or in a file of the same name beside it::

    welcome.json    TemplateName, FromEmailAddress, TemplateSubject, SuccessRedirectionURL, ...
    welcome.html    the HTML, where welcome.json has no TemplateContent

    aws ses create-custom-verification-email-template --cli-input-json file://welcome.json \
        --template-content file://welcome.html

Sources: SES Developer Guide, custom verification email templates and their FAQ; CloudFormation,
AWS::SES::CustomVerificationEmailTemplate. Nothing here loads the CDK.

Example::

    VerificationTemplate.from_file(Path(__file__).parent / "welcome.json")
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from constructs_lib.domain_name import is_token, is_within
from constructs_lib.email_address import normalize_address
from constructs_lib.errors import ConfigurationError
from constructs_lib.template_html import as_ascii, require_content
from constructs_lib.template_json import CONTENT_KEY, KEYS, decode, read_fields

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_SUBJECT: Final = 989
"""Characters of a subject in ASCII: a header line has 998, "Subject: " included (RFC 5322, 2.1.1)."""

_ENCODED_WORD: Final = 75
"""Characters of an encoded word (RFC 2047, 2)."""


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
            ``template-content-invalid``, ``template-too-large``, ``template-url-invalid``,
            ``email-address-invalid`` or a code of `normalize_domain`.
    """

    template_name: str
    from_email_address: str
    template_subject: str
    template_content: str
    success_redirection_url: str
    failure_redirection_url: str

    def __post_init__(self) -> None:
        _require_name(self.template_name)
        address = normalize_address(self.from_email_address, option=self._option("FromEmailAddress"))
        object.__setattr__(self, "from_email_address", address)
        _require_subject(self.template_subject, option=self._option("TemplateSubject"))
        require_content(self.template_content, option=self._option(CONTENT_KEY))
        _require_url(self.success_redirection_url, option=self._option("SuccessRedirectionURL"))
        _require_url(self.failure_redirection_url, option=self._option("FailureRedirectionURL"))

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
        return cls.from_json(
            decode(_read(path), source=str(path)),
            source=str(path),
            html=decode(_read(html), source=str(html)).removeprefix("\ufeff") if html.exists() else None,
            way_out=f"`python -m ops templates fix {path}` moves the HTML to its own file, {html.name}, "
            "and writes the rest as JSON",
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
            _encoded_words(self.template_subject),
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


def _require_name(name: str) -> None:
    if not is_token(name) and _NAME.fullmatch(name):
        return
    raise ConfigurationError(
        "template-name-invalid",
        option="TemplateName",
        rule="1 to 64 ASCII letters, digits, hyphens and underscores, known now (CloudFormation,"
        " AWS::SES::CustomVerificationEmailTemplate).",
        got=name,
        fix="choose such a name; applications send with it",
    )


def _require_subject(subject: str, *, option: str) -> None:
    why = None
    if not subject.strip():
        why = "write what the mail is about"
    elif re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", subject):
        why = "write it in one line, without tabs and control characters"
    elif re.search(r"[\ud800-\udfff]", subject):
        why = "write both halves of the surrogate pair, or the character itself"
    elif len(_encoded_words(subject)) > MAX_SUBJECT:
        why = "shorten it"
    if why:
        raise ConfigurationError(
            "template-subject-invalid",
            option=option,
            rule=f"one line of 1 to {MAX_SUBJECT} characters, once written as encoded words where it has"
            " more than ASCII (RFC 5322, RFC 2047).",
            got=subject,
            fix=why,
        )


def _require_url(url: str, *, option: str) -> None:
    if is_token(url):
        return
    why = None
    if re.search(r"[^\x21-\x7e]", url):
        why = "write it percent-encoded, without white space"
    else:
        try:
            parts = urlsplit(url)
            parts.port  # noqa: B018 - raises when it is none
            host = parts.hostname
        except ValueError:
            host = None
        if not host:
            why = "write the whole URL, such as https://www.example.com/verified"
        elif parts.scheme.lower() != "https":
            why = "serve the page over TLS and write https://"
        elif "@" in parts.netloc:
            why = "take user name and password out: everybody who verifies an address sees them"
    if why:
        raise ConfigurationError(
            "template-url-invalid",
            option=option,
            rule="an absolute https:// URL with a host, without credentials and white space.",
            # A password is in no error message either.
            got=re.sub(r"//.*@", "//***@", url, flags=re.DOTALL),
            fix=why,
        )


def _encoded_words(subject: str) -> str:
    """The subject in ASCII: SES takes no other, and encoded words for the rest (SES API v2, Message)."""
    if subject.isascii():
        return subject
    return Header(subject, "utf-8", maxlinelen=_ENCODED_WORD).encode(linesep="")


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
