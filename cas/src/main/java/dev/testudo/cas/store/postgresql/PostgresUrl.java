package dev.testudo.cas.store.postgresql;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.trust.files.Owned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/// Where the database is, and the settings of a connection to it.
///
/// @param url a JDBC URL without password
/// @param password where the password is; empty if the driver finds it in a pgpass file or needs
///     none
public record PostgresUrl(String url, Optional<PasswordFile> password) {
  /// A file whose first line is the password.
  ///
  /// @param isCredential true if the service manager provides the file and decides who can read
  ///     it (systemd.exec(5)); otherwise only this user may be able to read it
  public record PasswordFile(Path path, boolean isCredential) {
    private String read() throws IOException {
      if (!Files.exists(path)) {
        throw new StoreException("the password file %s is missing".formatted(path));
      }
      if (!isCredential) {
        Owned.requireSecret(path);
      }
      if (Files.size(path) > MOST_PASSWORD) {
        throw new StoreException("%s is too long for a password".formatted(path));
      }
      return Files.readString(path).lines().findFirst().orElse("");
    }
  }

  /// The beginning of every URL.
  public static final String SCHEME = "jdbc:postgresql:";

  private static final int MOST_PASSWORD = 1024;

  /// Returns the settings that the URL does not contain. Its own take precedence.
  Properties settings() throws IOException {
    var settings = new Properties();
    settings.setProperty("connectTimeout", "5");
    settings.setProperty("socketTimeout", "20");
    settings.setProperty("tcpKeepAlive", "true");
    settings.setProperty("ApplicationName", "testudo-cas");
    // Otherwise the driver keeps all rows of a query in memory. A session may have a MiB.
    settings.setProperty("defaultRowFetchSize", "16");
    // A CAS that stands still must not keep the others waiting for its locks.
    settings.setProperty(
        "options",
        "-c lock_timeout=10s -c statement_timeout=15s"
            + " -c idle_in_transaction_session_timeout=15s");
    if (password.isPresent()) {
      settings.setProperty("password", password.get().read());
    }
    return settings;
  }

  /// Returns the URL without its parameters, for messages.
  String shown() {
    return url.replaceFirst("\\?.*", "");
  }

  @Override
  public String toString() {
    return shown();
  }
}
