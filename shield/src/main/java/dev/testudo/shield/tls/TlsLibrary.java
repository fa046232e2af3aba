package dev.testudo.shield.tls;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/// The TLS implementations there are. BoringSSL is the faster one and has post-quantum key
/// exchange; JSSE is there wherever Java is.
public enum TlsLibrary {
  BORINGSSL("boringssl"),
  JSSE("jsse");

  /// The system property that names one; unset or `auto` takes BoringSSL where its native library
  /// loads. The launcher sets it from the variable `TESTUDO_TLS_ENGINE`.
  public static final String PROPERTY = "testudo.tls.engine";

  private static final System.Logger LOG = System.getLogger(TlsLibrary.class.getName());

  private final String label;

  TlsLibrary(String label) {
    this.label = label;
  }

  /// How people name it.
  public String label() {
    return label;
  }

  /// Whether it can be used here: empty, or why not.
  public Optional<String> problem() {
    return switch (this) {
      case BORINGSSL -> BoringNative.problem();
      case JSSE -> Optional.empty();
    };
  }

  /// Engines by this library. `clock` says whether certificates are in date.
  public TlsEngines engines(InstantSource clock) {
    return switch (this) {
      case BORINGSSL -> new BoringEngines(clock);
      case JSSE -> new JsseEngines(clock);
    };
  }

  /// The library [#PROPERTY] asks for.
  ///
  /// @throws IOException when there is none of that name, or it cannot be used here
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
