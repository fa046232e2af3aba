package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.yaml.Fields;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The value of `mode`: how a Meshfile wants its sessions to reach a CAS. Testudo supports `Upload`
/// only: it registers sessions as they are, over TLS.
enum UploadMode {
  UPLOAD("Upload"),
  SIGNED_MANIFEST("SignedManifest"),
  ENCRYPTED_MANIFEST("EncryptedManifest"),
  NO_UPLOAD("NoUpload"),
  ENCRYPTED_ONLY("EncryptedOnly"),
  SIGN_ONLINE("SignOnline");

  private final String text;

  UploadMode(String text) {
    this.text = text;
  }

  /// Takes `mode` and reports every value other than `Upload`. A mode that asks for more protection
  /// is a warning. A mode that forbids the upload is an error.
  static void check(Fields cas, Problems problems) {
    var mode = cas.choice("mode", texts(), UploadMode::parse).orElse(UPLOAD);
    var place = cas.spanOf("mode");
    switch (mode) {
      case UPLOAD -> {}
      case SIGNED_MANIFEST, ENCRYPTED_MANIFEST, SIGN_ONLINE ->
          problems.add(
              Diagnostic.warning(
                      DiagnosticId.WITHOUT_EFFECT,
                      place,
                      "`mode: %s` has no effect".formatted(mode))
                  .labelled("sessions are registered as they are, over TLS"));
      case NO_UPLOAD, ENCRYPTED_ONLY ->
          problems.add(
              Diagnostic.error(
                      DiagnosticId.NOT_SUPPORTED_YET,
                      place,
                      "`mode: %s` is not supported yet".formatted(mode))
                  .labelled("`up` and `apply` register sessions")
                  .helped("`testudo apply --dry-run` writes them to files only"));
    }
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
