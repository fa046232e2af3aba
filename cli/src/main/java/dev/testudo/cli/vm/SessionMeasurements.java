package dev.testudo.cli.vm;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.vm.measure.UkiParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// Writes what was computed of a VM image into the session of its service.
public final class SessionMeasurements {
  private static final String SERVICE = "--service";

  /// What the name of a part of an image begins with.
  private static final String PART = "image ";

  private SessionMeasurements() {}

  /// Returns the values of a rule for SEV-SNP.
  ///
  /// @throws CommandFailed if they do not identify the service
  public static SessionValues snp(ImageMeasurements measured) throws CommandFailed {
    if (!measured.namesTheService()) {
      throw CommandFailed.input(
          "the firmware has no kernel hashes: a UKI booted from disk on SEV-SNP without vTPM"
              + " does not identify the service, and a policy that rests on it alone is"
              + " refused; take a firmware with kernel hashes (edk2's build AmdSev)");
    }
    var values = new LinkedHashMap<String, List<String>>();
    values.put("measurement", all(measured, "MEASUREMENT"));
    return new SessionValues("sev_snp", values);
  }

  /// Returns the values of a rule for TDX. RTMR0 depends on the machine and is none of them.
  public static SessionValues tdx(ImageMeasurements measured) {
    var values = new LinkedHashMap<String, List<String>>();
    values.put("mrtd", all(measured, "MRTD"));
    values.put("rtmr.1", all(measured, "RTMR1"));
    values.put("rtmr.2", all(measured, "RTMR2"));
    return new SessionValues("tdx", values);
  }

  /// Returns the values of a rule for a TPM: the parts of the image, and register 11. Register 4
  /// depends on the machine and is none of them; `uki` says the same.
  public static SessionValues tpm(ImageMeasurements measured) {
    var values = new LinkedHashMap<String, List<String>>();
    for (var value : measured.values()) {
      if (value.name().startsWith(PART)) {
        values.put("image." + value.name().substring(PART.length()), List.of(value.octets().hex()));
      }
    }
    values.put("pcrs.11", all(measured, "PCR 11"));
    return new SessionValues("tpm", values);
  }

  private static List<String> all(ImageMeasurements measured, String name) {
    return measured.values().stream()
        .filter(value -> value.name().equals(name))
        .map(value -> value.octets().hex())
        .distinct()
        .toList();
  }

  /// Returns the service that the image names to its agent, without the name of the session.
  public static Optional<String> service(UkiParts image) {
    var words = List.of(image.commandLine().split(" "));
    var at = words.indexOf(SERVICE);
    return at < 0 || at + 1 == words.size()
        ? Optional.empty()
        : Optional.of(words.get(at + 1).substring(words.get(at + 1).lastIndexOf('/') + 1));
  }

  /// Writes values into a session, whose file is replaced atomically and keeps its mode. Writes
  /// nothing if they are there.
  ///
  /// @return whether the file was changed
  public static boolean write(SessionValues values, Path file, Optional<String> service)
      throws IOException, CommandFailed {
    var session = SourceFiles.read(file);
    var changed = values.in(session, service);
    if (changed.equals(session.text())) {
      return false;
    }
    var target = file.toRealPath();
    var mode = Files.getPosixFilePermissions(target);
    PrivateFiles.replace(target, changed.getBytes(UTF_8));
    Files.setPosixFilePermissions(target, mode);
    return true;
  }
}
