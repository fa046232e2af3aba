package dev.testudo.cas.store.database;

import dev.testudo.cas.health.Health;
import java.io.IOException;
import java.nio.file.Path;

/// Opens the database of a state directory. One implementation per database product.
@FunctionalInterface
public interface Dialect {
  /// Opens the database that belongs to `directory` and creates its tables on first use.
  ///
  /// @param health receives reports of failures of the database
  /// @throws StoreException if it cannot be opened, or its format is unknown
  Database open(Path directory, Health health) throws IOException;
}
