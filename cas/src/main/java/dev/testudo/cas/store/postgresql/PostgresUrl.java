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
/// @param passwordFile a file whose first line is the password, mode 0600; empty if the driver
///     finds the password in a pgpass file or needs none
public record PostgresUrl(String url, Optional<Path> passwordFile) {
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
    if (passwordFile.isPresent()) {
      settings.setProperty("password", password(passwordFile.get()));
    }
    return settings;
  }

  private static String password(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new StoreException("the password file %s is missing".formatted(file));
    }
    Owned.requireSecret(file);
    if (Files.size(file) > MOST_PASSWORD) {
      throw new StoreException("%s is too long for a password".formatted(file));
    }
    return Files.readString(file).lines().findFirst().orElse("");
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
