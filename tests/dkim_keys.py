"""RSA keys for tests, made once: private half as DER, public half as DNS and SES write it."""

import base64
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def private_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """A key; another number is another one."""
    return _made(bits, number)


def public_key(bits: int = 2048, number: int = 0) -> str:
    made = private_key(bits, number).public_key()
    return base64.b64encode(made.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@cache
def _made(bits: int, number: int) -> rsa.RSAPrivateKey:
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)
