"""With what copies are signed: a certificate of our own, made when it is first needed, or a real one.

`C2PA_CERT` and `C2PA_KEY` name the files of a real one: PEM, the certificate first and those above it behind it.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

OWN = "signing.pem"  # in VAR_DIR: the key, its certificate, and the one above it
_YEARS = 20
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


class Unusable(Exception):
    """Nothing can be signed with what is set; the sentence says why."""


@dataclass(frozen=True)
class Signer:
    """A key with its certificates.

    Args:
        chain, key: PEM.
        algorithm: as C2PA calls it, "es256".
        name: who the certificate is for.
        is_own: made by this studio itself, so that no list of trust has it.
        fingerprint: of the certificate; 8 hexadecimal digits.
        ends: when the certificate does.
    """

    chain: bytes
    key: bytes
    algorithm: str
    name: str
    is_own: bool
    fingerprint: str
    ends: datetime

    @property
    def words(self) -> str:
        """By whom copies are signed, for people."""
        if self.is_own:
            return "signed by this studio, not on a trust list"
        return f"signed with the certificate of {self.name}"


def current() -> Signer:
    """What copies are signed with now.

    Raises:
        Unusable: the files that are set cannot be read, or do not belong together.
    """
    cert, key = settings.C2PA_CERT, settings.C2PA_KEY
    if bool(cert) != bool(key):
        raise Unusable("C2PA_CERT and C2PA_KEY are set together, or neither is.")
    if cert:
        found = _read(_content(Path(cert), "C2PA_CERT"), _content(Path(key), "C2PA_KEY"), is_own=False)
    else:
        content = _own(Path(settings.VAR_DIR) / OWN)
        found = _read(content, content, is_own=True)
    if found.ends <= datetime.now(UTC):
        raise Unusable(f"The certificate of {found.name} ended on {found.ends:%Y-%m-%d}.")
    return found


def _own(path: Path) -> bytes:
    try:
        if not path.exists():
            _make(path)
        return path.read_bytes()
    except OSError as exc:
        raise Unusable(f"{path} cannot be made or read: {exc.strerror or exc}.") from exc


def _content(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise Unusable(f"{name} cannot be read: {exc.strerror or exc}.") from exc


@lru_cache(maxsize=4)
def _read(certificates: bytes, key: bytes, *, is_own: bool) -> Signer:
    try:
        chain = x509.load_pem_x509_certificates(certificates)
        private = serialization.load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as exc:
        raise Unusable(f"C2PA_CERT and C2PA_KEY are PEM files, the key without a password: {exc}") from exc
    if private.public_key() != chain[0].public_key():
        raise Unusable("The key of C2PA_KEY is not that of the first certificate of C2PA_CERT.")
    return Signer(
        chain=b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain),
        key=_pem(private),
        algorithm=_algorithm(private),
        name=_name(chain[0]),
        is_own=is_own,
        fingerprint=chain[0].fingerprint(hashes.SHA256()).hex()[:8],
        ends=chain[0].not_valid_after_utc,
    )


def _algorithm(private: object) -> str:
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name in _CURVES:
        return _CURVES[private.curve.name]
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(private, rsa.RSAPrivateKey):
        return "ps256"
    raise Unusable("The key of C2PA_KEY is of a kind that C2PA does not know.")


def _name(certificate: x509.Certificate) -> str:
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        if found := certificate.subject.get_attributes_for_oid(kind):
            return str(found[0].value)
    return certificate.subject.rfc4514_string()


# --- a certificate of our own -------------------------------------------------------------


def _make(path: Path) -> None:
    """Make a key and its certificate, under one that signs nothing else; two that do so at once agree on one."""
    above, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _subject("Rushes, a certificate of its own")
    root = _begun(issuer, issuer, above).add_extension(x509.BasicConstraints(True, 0), critical=True)
    root = root.add_extension(_usage(signs_certificates=True), critical=True)
    leaf = _begun(_subject("Rushes studio"), issuer, own)
    leaf = leaf.add_extension(x509.BasicConstraints(False, None), critical=True)
    leaf = leaf.add_extension(_usage(signs_certificates=False), critical=True)
    # what C2PA asks of a certificate that signs (specification 2.1, 14.5.1)
    leaf = leaf.add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
    ).add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False)
    signed = [each.sign(above, hashes.SHA256()) for each in (leaf, root)]
    content = _pem(own) + b"".join(each.public_bytes(serialization.Encoding.PEM) for each in signed)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            return
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".signing-", delete=False) as file:  # 0600
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)


def _begun(
    subject: x509.Name, issuer: x509.Name, private: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks differ
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
    )


def _subject(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Rushes"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(private: object) -> bytes:
    content: bytes = private.private_bytes(  # type: ignore[attr-defined]
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return content
