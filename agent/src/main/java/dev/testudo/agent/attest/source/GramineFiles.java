package dev.testudo.agent.attest.source;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.linux.sys.KernelAttributes;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/// Quotes of an SGX enclave through the files of Gramine, which every process in it has.
///
/// Source: Gramine's documentation, "Attestation and Secret Provisioning".
///
/// @param directory `/dev/attestation`
record GramineFiles(Path directory) implements HardwareSource {
  private static final String TYPE = "attestation_type";
  private static final int MOST_TEXT = 64;

  /// Returns the source, or empty if this is no enclave of Gramine.
  ///
  /// @throws IOException if the enclave has no remote attestation with DCAP
  static Optional<GramineFiles> find(Path directory) throws IOException {
    var file = directory.resolve(TYPE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var type = new String(KernelAttributes.read(file, MOST_TEXT), US_ASCII).strip();
    if (!type.equals("dcap")) {
      throw new IOException(
          "%s says `%s`: the manifest of Gramine needs `sgx.remote_attestation = \"dcap\"`"
              .formatted(file, type.replaceAll("[^a-z0-9_-]", "?")));
    }
    return Optional.of(new GramineFiles(directory));
  }

  @Override
  public SourceName name() {
    return SourceName.GRAMINE;
  }

  @Override
  public Isolation isolation() {
    return Isolation.SGX;
  }

  @Override
  public Duration pause() {
    return Duration.ofMillis(500);
  }

  @Override
  public Evidence request(ReportData data) throws IOException {
    KernelAttributes.write(
        directory.resolve("user_report_data"), HexFormat.of().parseHex(data.hex()));
    var quote = KernelAttributes.read(directory.resolve("quote"), Evidence.MOST_BYTES);
    if (quote.length == 0) {
      throw new IOException("Gramine delivers an empty quote");
    }
    return new Evidence.SgxQuote(Octets.of(quote));
  }
}
