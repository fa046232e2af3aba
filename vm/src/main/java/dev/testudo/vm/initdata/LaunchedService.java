package dev.testudo.vm.initdata;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The service for which a guest was launched: `testudo.toml` in its initdata. All values are
/// identifiers; nothing of them is secret.
///
/// @param cas the only key with which CAS is accepted
/// @param service the session and the service in it
/// @param image the measurement of image and agent
public record LaunchedService(KeyHash cas, ServiceId service, Measurement image) {
  /// The name of the document in initdata.
  public static final String NAME = "testudo.toml";

  /// The most bytes of a document.
  public static final int MOST_BYTES = 4096;

  private static final String FORMAT = "0.1.0";
  private static final Set<String> MEMBERS =
      Set.of("version", "cas", "session", "service", "image");

  /// Returns the service that initdata names.
  ///
  /// @throws VmException if it names none, or not as it must
  public static LaunchedService in(Initdata initdata) throws VmException {
    var text = initdata.data().get(NAME);
    if (text == null) {
      throw VmException.lacking("the initdata has no %s".formatted(NAME));
    }
    return read(Octets.of(text.getBytes(UTF_8)));
  }

  /// Reads a document.
  ///
  /// @throws VmException if it has other members, a value is not what it must be, or a limit is
  ///     exceeded
  public static LaunchedService read(Octets document) throws VmException {
    var bytes = HostileBytes.of(NAME, document, MOST_BYTES);
    var members = TomlReader.flat(bytes, Initdata.text(bytes));
    if (!members.keySet().equals(MEMBERS)) {
      throw bytes.malformed(
          "it must have the members version, cas, session, service and image, and no other");
    }
    if (!value(members, "version").equals(FORMAT)) {
      throw bytes.unsupported("its version is not " + FORMAT);
    }
    var service =
        ServiceId.parse(value(members, "session") + "/" + value(members, "service"))
            .filter(id -> id.service().equals(value(members, "service")));
    return new LaunchedService(
        required(KeyHash.parse(value(members, "cas")), bytes, "cas is not the hash of a key"),
        required(service, bytes, "session or service is not a name"),
        required(Measurement.parse(value(members, "image")), bytes, "image is not a measurement"));
  }

  private static String value(Map<String, String> members, String name) {
    return members.getOrDefault(name, "");
  }

  private static <T> T required(Optional<T> value, HostileBytes document, String wrong)
      throws VmException {
    return value.orElseThrow(() -> document.malformed(wrong));
  }

  /// Returns the document.
  public String write() {
    var members = new LinkedHashMap<String, String>();
    members.put("version", FORMAT);
    members.put("cas", cas.text());
    members.put("session", service.session().value());
    members.put("service", service.service());
    members.put("image", image.hex());
    return TomlWriter.flat(members);
  }
}
