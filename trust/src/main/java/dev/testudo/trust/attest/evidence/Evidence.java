package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.evidence.Isolation;
import java.util.Optional;

/// Evidence about a program as it was received, before verification.
/// [dev.testudo.trust.attest.Verifier] turns it into claims or rejects it. Evidence of hardware is
/// bytes here: nothing can be read from it that was not verified.
///
/// Each kind of evidence is a record. If one is added, the compiler reports the places that must
/// support it: [EvidenceJson#encode] and [dev.testudo.trust.attest.Verifier]. [EvidenceJson#decode]
/// refuses a kind that it does not read.
public sealed interface Evidence {
  /// The most bytes of a quote, a report, or anything else that evidence consists of.
  int MOST_BYTES = 32 << 10;

  /// Returns what vouches for the program if the evidence is genuine.
  Isolation isolation();

  /// Measurements that the agent took itself. No hardware vouches for them: whoever controls the
  /// machine can claim anything, so a policy must tolerate them.
  ///
  /// @param image the measurement of the image; the same on every machine
  /// @param machine the measurement of what this machine adds: the agent and the
  ///     machine's own files
  /// @param reportData the key and nonce that the evidence is bound to
  record Software(Measurement image, Measurement machine, ReportData reportData)
      implements Evidence {
    @Override
    public Isolation isolation() {
      return Isolation.SOFTWARE;
    }
  }

  /// A quote of an SGX enclave (Intel DCAP).
  ///
  /// @param quote a quote of version 3, 4 or 5; zeros may follow it
  record SgxQuote(Octets quote) implements Evidence {
    @Override
    public Isolation isolation() {
      return Isolation.SGX;
    }
  }

  /// A quote of a TDX trust domain (Intel DCAP).
  ///
  /// @param quote a quote of version 4 or 5; zeros may follow it
  record TdxQuote(Octets quote) implements Evidence {
    @Override
    public Isolation isolation() {
      return Isolation.TDX;
    }
  }

  /// An attestation report of a SEV-SNP guest.
  ///
  /// @param report 1,184 bytes
  /// @param certificates the certificate table of the host (GHCB specification), if it gave one
  record SnpReport(Octets report, Optional<Octets> certificates) implements Evidence {
    @Override
    public Isolation isolation() {
      return Isolation.SEV_SNP;
    }
  }

  /// A SEV-SNP report that Azure's paravisor requested at boot, and a fresh quote of the TPM that
  /// it provides.
  ///
  /// @param hclReport the content of the TPM's NV index 0x01400001
  /// @param certificates the VCEK and its chain, in PEM
  record AzureSnp(Octets hclReport, TpmQuote quote, Octets certificates) implements Evidence {
    @Override
    public Isolation isolation() {
      return Isolation.SEV_SNP;
    }
  }

  /// A TDX quote that Azure's paravisor requested at boot, and a fresh quote of the TPM that it
  /// provides.
  ///
  /// @param hclReport the content of the TPM's NV index 0x01400001
  /// @param tdQuote the quote over the TDREPORT in it
  record AzureTdx(Octets hclReport, TpmQuote quote, Octets tdQuote) implements Evidence {
    @Override
    public Isolation isolation() {
      return Isolation.TDX;
    }
  }

  /// What a TPM says of the machine that it measured.
  ///
  /// @param quote is signed by the attestation key
  /// @param attestationKey TPMT_PUBLIC of a key on P-256
  /// @param eventLog the events that gave the registers, in TCG's crypto-agile format
  record Tpm(TpmQuote quote, Octets attestationKey, Endorsement endorsement, Octets eventLog)
      implements Evidence {
    @Override
    public Isolation isolation() {
      return Isolation.TPM;
    }
  }

  /// What shows which TPM has an attestation key.
  ///
  /// @param key TPMT_PUBLIC of the endorsement key, RSA with 2,048 bits
  /// @param certificate the certificate of the endorsement key in DER, if the TPM has one
  /// @param credential what only the TPM with both keys could open (TPM2_ActivateCredential); empty
  ///     if CAS was not asked for one
  record Endorsement(Octets key, Optional<Octets> certificate, Octets credential) {}

  /// A quote of a TPM (TPM2_Quote) over its registers of SHA-256.
  ///
  /// @param attest TPMS_ATTEST, which is signed
  /// @param signature the signature alone, big endian; of ECDSA, r ‖ s
  /// @param pcrs the values of the registers that are quoted, in the order of their numbers, 32
  ///     bytes each
  record TpmQuote(Octets attest, Octets signature, Octets pcrs) {}
}
