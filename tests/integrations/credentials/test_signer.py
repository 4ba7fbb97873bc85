"""With what is signed: a certificate of the studio's own, or a real one; what cannot be used is said in words."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from studio.integrations.credentials import manifests, signer
from studio.integrations.credentials.manifests import Made, State

NAME = "Tidal Pictures GmbH"


def write(folder, key, *, days=30, name=NAME, usage=ExtendedKeyUsageOID.EMAIL_PROTECTION):
    """A certificate as an authority gives it, and its key, as files."""
    above = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
    issuer = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "An authority")])
    purposes = dict.fromkeys(
        ["content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign"],
        False,
    ) | {"digital_signature": True, "crl_sign": False, "encipher_only": False, "decipher_only": False}
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(x509.KeyUsage(**purposes), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False)
        .sign(above, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(cert), str(private)


def test_one_of_our_own_is_made_once_and_only_we_can_read_it(var):
    first = signer.current()
    assert first.is_own and first.words == "signed by this studio, not on a trust list"
    path = var / "signing.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    signer._read.cache_clear()
    assert signer.current() == first
    assert sorted(each.name for each in var.iterdir()) == ["signing.lock", "signing.pem"]


def test_those_who_make_one_at_once_agree_on_one(var):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: signer.current().fingerprint, range(16)))
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "es256"),
        (ec.generate_private_key(ec.SECP384R1()), "es384"),
        (ed25519.Ed25519PrivateKey.generate(), "ed25519"),
        (rsa.generate_private_key(65537, 2048), "ps256"),
    ],
)
def test_a_real_certificate_signs_in_its_name(settings, tmp_path, copy, elsewhere, key, algorithm):
    settings.C2PA_CERT, settings.C2PA_KEY = write(tmp_path / "real", key)
    by = signer.current()
    assert (by.algorithm, by.is_own, by.words) == (algorithm, False, f"signed with the certificate of {NAME}")
    path = copy("jpg")
    assert manifests.sign(path, Made("Runway Gen-4.5", by_a_model=True), [])
    read = elsewhere(path)
    assert read["state"] == "Valid"
    (manifest,) = read["manifest"]["manifests"].values()
    assert manifest["signature_info"]["issuer"] == NAME
    assert manifests.read(path).state is State.WHOLE


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda s, cert, key: setattr(s, "C2PA_KEY", ""), "set together, or neither"),
        (lambda s, cert, key: setattr(s, "C2PA_CERT", ""), "set together, or neither"),
        (lambda s, cert, key: setattr(s, "C2PA_CERT", "/nowhere"), "C2PA_CERT cannot be read: No such file"),
        (lambda s, cert, key: key.write_text("no key"), "PEM files, the key without a password"),
        (lambda s, cert, key: cert.write_text(""), "PEM files"),
        (
            lambda s, cert, key: (
                write(cert.parent / "other", ec.generate_private_key(ec.SECP256R1()))
                and key.write_bytes((cert.parent / "other" / "key.pem").read_bytes())
            ),
            "not that of the first certificate",
        ),
        (
            lambda s, cert, key: write(cert.parent, ec.generate_private_key(ec.SECP256R1()), days=-1),
            f"The certificate of {NAME} ended on",
        ),
    ],
)
def test_what_cannot_be_used_is_said_in_words(settings, tmp_path, spoil, said):
    settings.C2PA_CERT, settings.C2PA_KEY = write(tmp_path / "real", ec.generate_private_key(ec.SECP256R1()))
    spoil(settings, tmp_path / "real" / "cert.pem", tmp_path / "real" / "key.pem")
    with pytest.raises(signer.Unusable, match=said):
        signer.current()


def test_another_certificate_is_used_from_when_it_is_set(settings, tmp_path):
    own = signer.current().fingerprint
    settings.C2PA_CERT, settings.C2PA_KEY = write(tmp_path / "real", ec.generate_private_key(ec.SECP256R1()))
    assert signer.current().fingerprint != own


@pytest.mark.parametrize("what", ["of a web site", "of a key that is too short"])
def test_one_that_cannot_sign_content_is_said_to_be_none(settings, tmp_path, copy, what):
    if what == "of a web site":
        key, usage = ec.generate_private_key(ec.SECP256R1()), ExtendedKeyUsageOID.SERVER_AUTH
    else:
        key, usage = rsa.generate_private_key(65537, 1024), ExtendedKeyUsageOID.EMAIL_PROTECTION
    settings.C2PA_CERT, settings.C2PA_KEY = write(tmp_path / "real", key, usage=usage)
    with pytest.raises(signer.Unusable, match=f"Nothing can be signed with the certificate of {NAME}"):
        manifests.signing()
    path = copy("jpg")
    assert not manifests.sign(path, Made("Runway Gen-4.5", by_a_model=True), [])
    assert manifests.read(path).state is State.NONE


def test_one_that_ends_while_the_studio_runs_signs_no_more(settings, tmp_path, monkeypatch):
    settings.C2PA_CERT, settings.C2PA_KEY = write(tmp_path / "real", ec.generate_private_key(ec.SECP256R1()))
    assert manifests.signing().name == NAME

    class Later(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime.now(zone) + timedelta(days=31)

    monkeypatch.setattr(signer, "datetime", Later)
    with pytest.raises(signer.Unusable, match="ended on"):
        manifests.signing()


@pytest.mark.parametrize("what", ["a folder", "no folder", "no key"])
def test_where_no_key_can_be_kept_it_is_said(settings, tmp_path, what):
    settings.VAR_DIR = tmp_path / "var"
    if what == "a folder":
        (settings.VAR_DIR / "signing.pem").mkdir(parents=True)
    elif what == "no folder":
        settings.VAR_DIR.write_text("a file")
    else:
        settings.VAR_DIR.mkdir()
        (settings.VAR_DIR / "signing.pem").write_text("nothing")
    with pytest.raises(signer.Unusable):
        signer.current()
