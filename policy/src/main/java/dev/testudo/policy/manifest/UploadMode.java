package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.yaml.Fields;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The value of `mode`: how a Meshfile wants its sessions to reach a CAS.
public enum UploadMode {
  /// They are registered as they are, over TLS.
  UPLOAD("Upload"),
  /// Each is signed, written to a bundle, and registered with the signature.
  SIGNED_MANIFEST("SignedManifest"),
  /// They are written to files only.
  NO_UPLOAD("NoUpload"),
  /// Each is signed and encrypted to the key of the CAS, and the chart brings it there.
  ENCRYPTED_MANIFEST("EncryptedManifest"),
  /// Each is signed, encrypted to the key of the CAS, and written to a file.
  ENCRYPTED_ONLY("EncryptedOnly"),
  SIGN_ONLINE("SignOnline");

  private final String text;

  UploadMode(String text) {
    this.text = text;
  }

  /// Takes `mode`; returns `Upload` if there is none.
  static UploadMode read(Fields cas) {
    return cas.choice("mode", texts(), UploadMode::parse).orElse(UPLOAD);
  }

  /// Returns true if sessions are encrypted for others to bring to the CAS.
  public boolean isEncrypted() {
    return this == ENCRYPTED_MANIFEST || this == ENCRYPTED_ONLY;
  }

  /// Reports a mode that Testudo does not support.
  ///
  /// @param place where it is written
  void checkSupport(Span place, Problems problems) {
    obstacle()
        .ifPresent(
            why ->
                problems.add(
                    Diagnostic.error(
                            DiagnosticId.NOT_SUPPORTED_YET,
                            place,
                            "`mode: %s` is not supported yet".formatted(this))
                        .labelled(why)
                        .helped(
                            "without `mode`, `apply` registers sessions over TLS with a CAS"
                                + " whose key it knows")));
  }

  private Optional<String> obstacle() {
    return switch (this) {
      case UPLOAD, SIGNED_MANIFEST, NO_UPLOAD, ENCRYPTED_MANIFEST, ENCRYPTED_ONLY ->
          Optional.empty();
      case SIGN_ONLINE -> Optional.of("there is no service that signs sessions");
    };
  }

  private static Optional<UploadMode> parse(String text) {
    return Arrays.stream(values()).filter(mode -> mode.text.equals(text)).findFirst();
  }

  static List<String> texts() {
    return Arrays.stream(values()).map(UploadMode::toString).toList();
  }

  @Override
  public String toString() {
    return text;
  }
}
