package dev.testudo.cas;

import dev.testudo.cas.ServerOptions.KeyOption;
import dev.testudo.cas.Usage.Misuse;
import dev.testudo.cas.Usage.Unusable;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Parses the options that say where a master key comes from. At most one of them can be given.
final class KeyArguments {
  private final String prefix;
  private final ServiceCredentials credentials;
  private @Nullable KeyOption key;

  /// Creates a parser.
  ///
  /// @param prefix what the names of the options begin with
  /// @param credentials those of this process
  KeyArguments(String prefix, ServiceCredentials credentials) {
    this.prefix = prefix;
    this.credentials = credentials;
  }

  /// Takes `option` if it is about the master key.
  ///
  /// @return false if it is not
  boolean take(String option, Iterator<String> rest) throws Unusable {
    if (!option.startsWith(prefix)) {
      return false;
    }
    switch (option.substring(prefix.length())) {
      case "key-file" -> key(new KeyOption.InFile(file(option, rest, "a file")));
      case "passphrase-file" ->
          key(new KeyOption.Passphrase(file(option, rest, "a file, or a descriptor as /dev/fd/N")));
      case "key-credential" -> key(new KeyOption.Credential(credentials.file(option, rest)));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static Path file(String option, Iterator<String> rest, String takes) throws Unusable {
    return Usage.value(option, rest, takes, StateArguments::path);
  }

  private void key(KeyOption given) throws Unusable {
    if (key != null) {
      throw new Unusable(
          Misuse.CONTRADICTION,
          "only one of `%1$skey-file`, `%1$spassphrase-file` and `%1$skey-credential` can be given"
              .formatted(prefix));
    }
    key = given;
  }

  /// Returns the source that was given; empty if none was.
  Optional<KeyOption> key() {
    return Optional.ofNullable(key);
  }
}
