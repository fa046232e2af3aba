package dev.testudo.cli.gramine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.files.PendingFile;
import dev.testudo.gramine.manifest.ManifestMount;
import dev.testudo.trust.attest.evidence.Octets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The folder in which Gramine starts an enclave.
///
/// @param path where it is
public record EnclaveFolder(Path path) {
  /// What Gramine is told to start: `gramine-sgx service`.
  private static final String NAME = "service";

  /// Returns the file with the manifest.
  public Path manifest() {
    return path.resolve(NAME + ".manifest.sgx");
  }

  /// Returns the file with the signature.
  public Path signature() {
    return path.resolve(NAME + ".sig");
  }

  /// Writes everything. If something cannot be written, an older enclave is as it was.
  ///
  /// @param signature empty if the enclave is not signed here; one of an older enclave is removed
  public void write(ServiceEnclave enclave, Optional<Octets> signature) throws IOException {
    var pending = new ArrayList<PendingFile>();
    try {
      var fixed = enclave.files().fixed();
      for (var i = 0; i < fixed.size(); i++) {
        var content = fixed.get(i).content().getBytes(UTF_8);
        pending.add(PendingFile.write(path.resolve(EnclaveFiles.place(i)), content));
      }
      if (signature.isPresent()) {
        pending.add(PendingFile.write(signature(), signature.get().toBytes()));
      }
      pending.add(PendingFile.write(manifest(), enclave.manifest().toBytes()));
      // Gramine does not start if a folder that it mounts is missing.
      for (var mount : enclave.files().visible().mounts()) {
        if (mount instanceof ManifestMount.EncryptedFolder(_, var host, _)) {
          Files.createDirectories(path.resolve(host));
        }
      }
      if (signature.isEmpty()) {
        Files.deleteIfExists(signature());
      }
      for (var file : pending) {
        file.commit();
      }
      for (var i = 0; i < fixed.size(); i++) {
        Files.setAttribute(
            path.resolve(EnclaveFiles.place(i)), "unix:mode", fixed.get(i).permission());
      }
    } finally {
      close(pending);
    }
  }

  private static void close(List<PendingFile> pending) throws IOException {
    for (var file : pending) {
      file.close();
    }
  }
}
