import CryptoExtras

/// A key that nobody knows, as PEM.
func newRSAKey() throws -> String { try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation }
