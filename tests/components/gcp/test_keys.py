from tests.components.deployed import Deployed


def test_gke_alone_may_use_the_key_which_is_turned_over(deployed: Deployed) -> None:
    grant = deployed.one("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember").inputs
    assert grant["role"] == "roles/cloudkms.cryptoKeyEncrypterDecrypter"
    assert grant["member"] == "serviceAccount:agent@container-engine-robot"
    assert deployed.one("gcp:kms/cryptoKey:CryptoKey").inputs["rotationPeriod"] == "7776000s"
    assert "name" not in deployed.one("gcp:kms/keyRing:KeyRing").inputs
