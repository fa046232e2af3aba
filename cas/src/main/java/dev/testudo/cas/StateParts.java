package dev.testudo.cas;

import dev.testudo.cas.store.StoreOptions;
import dev.testudo.cas.store.database.Dialect;
import dev.testudo.cas.store.key.KeyFile;
import dev.testudo.cas.store.key.KeySource;
import dev.testudo.cas.store.key.Passphrase;
import dev.testudo.cas.store.log.AnchorSource;
import dev.testudo.cas.store.log.AuditLimits;
import dev.testudo.cas.store.log.WitnessAnchor;
import dev.testudo.cas.store.postgresql.PostgresDatabase;
import dev.testudo.cas.store.postgresql.PostgresUrl;
import dev.testudo.cas.store.sqlite.SqliteDatabase;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/// Makes the parts of a store from the options.
final class StateParts {
  private StateParts() {}

  /// Returns the database.
  static Dialect dialect(ServerOptions.State state) {
    return state
        .database()
        .map(server -> new PostgresUrl(server.url(), server.password().map(StateParts::password)))
        .map(PostgresDatabase::at)
        .orElse(SqliteDatabase::open);
  }

  private static PostgresUrl.PasswordFile password(ServerOptions.PasswordOption option) {
    return switch (option) {
      case ServerOptions.PasswordOption.InFile(var file) ->
          new PostgresUrl.PasswordFile(file, false);
      case ServerOptions.PasswordOption.Credential(var file) ->
          new PostgresUrl.PasswordFile(file, true);
    };
  }

  /// Returns the options of a store that nobody serves from. Its audit log has no limit: only
  /// `serve` decides how long it is.
  static StoreOptions store(ServerOptions.State state) {
    return store(state, key(state));
  }

  /// As [#store(ServerOptions.State)], with another source of the master key.
  static StoreOptions store(ServerOptions.State state, KeySource key) {
    return new StoreOptions(
        new SecureRandom(),
        InstantSource.system(),
        new AuditLimits(Long.MAX_VALUE, AuditLimits.MOST_FILES),
        false,
        dialect(state),
        key,
        anchor(state));
  }

  /// Returns the anchor, if there is one.
  static Optional<AnchorSource> anchor(ServerOptions.State state) {
    return state
        .anchor()
        .map(
            option ->
                switch (option) {
                  case ServerOptions.AnchorOption.InFile(var file) -> AnchorSource.file(file);
                  case ServerOptions.AnchorOption.Witness(var address, var key) ->
                      WitnessAnchor.at(address, key);
                });
  }

  /// Returns the source of the master key.
  static KeySource key(ServerOptions.State state) {
    return key(state.key());
  }

  /// Returns the source of a master key.
  static KeySource key(ServerOptions.KeyOption option) {
    return switch (option) {
      case ServerOptions.KeyOption.Generated() -> KeyFile::in;
      case ServerOptions.KeyOption.InFile(var file) -> _ -> KeyFile.given(file);
      case ServerOptions.KeyOption.Credential(var file) -> _ -> KeyFile.credential(file);
      case ServerOptions.KeyOption.Passphrase(var file) -> _ -> new Passphrase(file);
    };
  }
}
