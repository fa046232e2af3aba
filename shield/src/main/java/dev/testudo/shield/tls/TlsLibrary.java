package dev.testudo.shield.tls;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/// The available TLS implementations. BoringSSL is faster and has post-quantum key exchange. JSSE
/// works wherever Java does.
public enum TlsLibrary {
  BORINGSSL("boringssl"),
  JSSE("jsse");

  /// The system property that selects one. If it is unset or `auto`, BoringSSL is used if its
  /// native library loads. The launcher sets it from the variable `TESTUDO_TLS_ENGINE`.
  public static final String PROPERTY = "testudo.tls.engine";

  private static final System.Logger LOG = System.getLogger(TlsLibrary.class.getName());

  private final String label;

  TlsLibrary(String label) {
    this.label = label;
  }

  /// Returns the name for people.
  public String label() {
    return label;
  }

  /// Returns why the library cannot be used here, or empty if it can.
  public Optional<String> problem() {
    return switch (this) {
      case BORINGSSL -> BoringNative.problem();
      case JSSE -> Optional.empty();
    };
  }

  /// Returns engines of this library. `clock` gives the time at which certificates must be valid.
  public TlsEngines engines(InstantSource clock) {
    return switch (this) {
      case BORINGSSL -> new BoringEngines(clock);
      case JSSE -> new JsseEngines(clock);
    };
  }

  /// Returns the library that [#PROPERTY] selects.
  ///
  /// @throws IOException if there is no such library, or it cannot be used here
  public static TlsLibrary chosen() throws IOException {
    var wanted = System.getProperty(PROPERTY, "");
    return switch (wanted) {
      case "", "auto" -> fastest();
      case "jsse" -> JSSE;
      case "boringssl" -> {
        var problem = BORINGSSL.problem();
        if (problem.isPresent()) {
          throw new IOException(
              "TESTUDO_TLS_ENGINE is `boringssl`, which cannot be used here: " + problem.get());
        }
        yield BORINGSSL;
      }
      default ->
          throw new IOException(
              "TESTUDO_TLS_ENGINE is `%s`; it can be `boringssl`, `jsse` or `auto`"
                  .formatted(wanted));
    };
  }

  private static TlsLibrary fastest() {
    var problem = BORINGSSL.problem();
    var chosen = problem.isEmpty() ? BORINGSSL : JSSE;
    LOG.log(System.Logger.Level.DEBUG, "tls engine={0} {1}", chosen.label, problem.orElse(""));
    return chosen;
  }
}
