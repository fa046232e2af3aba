package dev.testudo.trust.attest.intel;

import dev.testudo.policy.evidence.Enclave;
import dev.testudo.policy.evidence.Endorsement;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.IntelPlatform;
import dev.testudo.policy.evidence.IntelTcb;
import dev.testudo.policy.evidence.TdAttributes;
import dev.testudo.policy.evidence.TrustDomain;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Makes claims of a quote that is verified.
final class IntelClaims {
  /// Is hashed first; see `docs/formats/measurement.md`.
  private static final String DOMAIN = "testudo-tdx-measurement-v1\n";

  private IntelClaims() {}

  static EvidenceClaims of(
      Quote quote, PckExtension extension, IntelTcb tcb, Endorsement endorsement) {
    var platform = new IntelPlatform(pck(extension), quote.header().qeId().hex(), tcb, endorsement);
    return switch (quote.body()) {
      case QuoteBody.Enclave enclave -> new EvidenceClaims.Sgx(enclave(enclave), platform);
      case QuoteBody.Domain domain ->
          new EvidenceClaims.Tdx(measurement(domain), domain(domain), platform, Optional.empty());
    };
  }

  private static IntelPlatform.Pck pck(PckExtension extension) {
    return new IntelPlatform.Pck(
        extension.fmspc().hex(),
        extension.ppid().hex(),
        extension.instance().id().map(Octets::hex),
        extension.instance().smt());
  }

  private static Enclave enclave(QuoteBody.Enclave report) {
    return new Enclave(
        report.mrEnclave().hex(),
        new Enclave.Signer(report.mrSigner().hex(), report.productId(), report.svn()),
        report.attributes().hex(),
        report.configId().hex());
  }

  private static TrustDomain domain(QuoteBody.Domain report) {
    return new TrustDomain(
        report.mrTd().hex(),
        List.of(
            report.rtmr(0).hex(), report.rtmr(1).hex(), report.rtmr(2).hex(), report.rtmr(3).hex()),
        new TrustDomain.Owner(
            report.mrConfigId().hex(), report.mrOwner().hex(), report.mrOwnerConfig().hex()),
        new TrustDomain.Module(
            report.mrSeam().hex(),
            report.mrSignerSeam().hex(),
            report.teeTcbSvn().hex(),
            report.mrServiceTd().hex()),
        new TdAttributes(report.tdAttributes().hex()),
        report.xfam().hex());
  }

  private static String measurement(QuoteBody.Domain report) {
    var sha256 = Measurement.sha256();
    sha256.update(DOMAIN.getBytes(StandardCharsets.US_ASCII));
    sha256.update(report.mrTd().buffer());
    for (var i = 0; i < 4; i++) {
      sha256.update(report.rtmr(i).buffer());
    }
    sha256.update(report.mrConfigId().buffer());
    sha256.update(report.mrOwner().buffer());
    sha256.update(report.mrOwnerConfig().buffer());
    sha256.update(report.mrServiceTd().buffer());
    return HexFormat.of().formatHex(sha256.digest());
  }
}
