/// Attestation reports of AMD SEV-SNP: their format, the certificates that vouch for them, and
/// their verification. Only [claims][dev.testudo.policy.evidence.EvidenceClaims] leave this
/// package. What is parsed but not verified stays in it, except as [fields][AmdFields] for people.
package dev.testudo.trust.attest.amd;
