"""Evidence that travels: what was measured of a tool, signed, so that another site can verify it and test it at home.

A statement is an in-toto Statement v1 (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) in a
DSSE envelope (https://github.com/secure-systems-lab/dsse), signed with Ed25519 (RFC 8032). It holds counts and
intervals, never a patient's words or the id of a request.
"""
