package dev.testudo.gramine.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.gramine.GramineException;
import dev.testudo.gramine.GramineRelease;
import dev.testudo.gramine.measure.EnclaveShape;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A manifest of Gramine. The same values give the same bytes, which are a part of what SGX
/// measures.
///
/// @param release the release that reads it
/// @param libos the library OS of that release, `libsysdb.so`
/// @param start what is started
/// @param files what the program sees
/// @param enclave what it runs in
public record GramineManifest(
    GramineRelease release, TrustedFile libos, Start start, VisibleFiles files, Enclave enclave) {
  /// The most bytes.
  public static final int MOST_BYTES = 64 << 20;

  /// The most trusted files.
  public static final int MOST_FILES = 200_000;

  /// How the program is started.
  ///
  /// @param program its path
  /// @param arguments its arguments, beginning with its name
  /// @param environment all its variables
  /// @param directory where it starts
  /// @param user the number of its user
  /// @param group the number of its group
  public record Start(
      String program,
      List<String> arguments,
      SortedMap<String, String> environment,
      String directory,
      long user,
      long group) {
    /// Copies the collections.
    public Start {
      arguments = List.copyOf(arguments);
      environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    }
  }

  /// The files that a program sees.
  ///
  /// @param root the folder of the host that is its root
  /// @param mounts what is elsewhere; a mount comes after those that it is in
  /// @param trusted the files that it may read
  public record VisibleFiles(String root, List<ManifestMount> mounts, List<TrustedFile> trusted) {
    /// Copies the lists.
    public VisibleFiles {
      mounts = List.copyOf(mounts);
      trusted = List.copyOf(trusted);
    }
  }

  /// The enclave.
  ///
  /// @param stack the size of the program's first stack, as in `2M`
  /// @param faultAddresses whether the program learns the address of a fault (EXINFO), as Java and
  ///     Go need it
  /// @param subprocesses whether it may start others
  /// @param product ISVPRODID
  /// @param version ISVSVN
  public record Enclave(
      EnclaveShape shape,
      String stack,
      boolean faultAddresses,
      boolean subprocesses,
      int product,
      int version) {}

  /// Returns the text.
  ///
  /// @throws GramineException if it is too long
  public Octets write() throws GramineException {
    if (files.trusted().size() > MOST_FILES) {
      throw GramineException.tooLarge(
          "the image has %d files; a manifest has %d at most"
              .formatted(files.trusted().size(), MOST_FILES));
    }
    var bytes = new ManifestToml(this).text().getBytes(UTF_8);
    if (bytes.length > MOST_BYTES) {
      throw GramineException.tooLarge(
          "the manifest has %d bytes; %d are the most".formatted(bytes.length, MOST_BYTES));
    }
    return Octets.of(bytes);
  }
}
