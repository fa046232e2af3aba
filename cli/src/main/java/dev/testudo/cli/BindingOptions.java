package dev.testudo.cli;

import dev.testudo.cli.attest.EvidenceInput;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.NamedInput;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PublicKeys;
import dev.testudo.trust.pki.TrustAnchors;
import java.io.InputStream;
import java.security.PublicKey;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say what evidence must be bound to.
final class BindingOptions {
  @Option(
      names = "--nonce",
      paramLabel = "HEX",
      description = "The nonce that the evidence must answer. Needs --key.")
  private @Nullable String nonce;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "The key that the evidence must be bound to: a public key or a certificate in PEM.")
  private @Nullable String key;

  @Option(
      names = "--report-data",
      paramLabel = "HEX",
      description = "The 64 bytes that the evidence must have, instead of --nonce and --key.")
  private @Nullable String reportData;

  /// Returns the file with the key, if there is one.
  @Nullable String keyFile() {
    return key;
  }

  /// Returns what the evidence must be bound to, if the options say so.
  Optional<ReportData> expected(InputStream standardInput) throws CommandFailed {
    if (reportData != null) {
      return Optional.of(reportData(reportData));
    }
    if (nonce == null && key == null) {
      return Optional.empty();
    }
    if (nonce == null || key == null) {
      throw CommandFailed.usage("--nonce and --key belong together");
    }
    return Optional.of(ReportData.of(key(key, standardInput), nonce(nonce)));
  }

  private ReportData reportData(String hex) throws CommandFailed {
    if (nonce != null || key != null) {
      throw CommandFailed.usage("give either --report-data, or --nonce and --key");
    }
    try {
      return new ReportData(hex.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw CommandFailed.usage("--report-data takes 128 hexadecimal digits");
    }
  }

  private static byte[] nonce(String hex) throws CommandFailed {
    try {
      return HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException e) {
      throw CommandFailed.usage("--nonce takes hexadecimal digits, not `%s`".formatted(hex));
    }
  }

  private static PublicKey key(String file, InputStream standardInput) throws CommandFailed {
    var text = EvidenceInput.pem(file, standardInput);
    try {
      return text.contains("CERTIFICATE-----")
          ? TrustAnchors.fromPem(text).certificates().getFirst().getPublicKey()
          : PublicKeys.fromPem(text);
    } catch (PkiException e) {
      throw CommandFailed.input("%s: %s".formatted(NamedInput.shown(file), e.getMessage()));
    }
  }
}
