package dev.testudo.shield.tls;

import java.io.IOException;

/// The names of TLS alerts that differ between the libraries.
public final class TlsAlerts {
  private TlsAlerts() {}

  /// Returns the alert that `library` sends to a peer whose authority it does not know.
  public static String unknownAuthority(TlsLibrary library) {
    return switch (library) {
      case BORINGSSL -> "unknown_ca";
      case JSSE -> "certificate_unknown";
    };
  }

  /// Returns the alert of the library that a shield uses here.
  public static String unknownAuthority() throws IOException {
    return unknownAuthority(TlsLibrary.chosen());
  }
}
