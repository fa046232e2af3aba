package dev.testudo.cas;

import dev.testudo.cas.ServerOptions.KeyOption;
import dev.testudo.cas.Usage.Misuse;
import dev.testudo.cas.Usage.Unusable;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Parses the options that say where a master key comes from. At most one of them can be given.
final class KeyArguments {
  /// The variable in which systemd names the directory of a service's credentials.
  private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";

  private static final Pattern CREDENTIAL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");

  private final String prefix;
  private final Map<String, String> environment;
  private @Nullable KeyOption key;

  /// Creates a parser.
  ///
  /// @param prefix what the names of the options begin with
  /// @param environment the environment of the process
  KeyArguments(String prefix, Map<String, String> environment) {
    this.prefix = prefix;
    this.environment = Map.copyOf(environment);
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
      case "key-credential" -> key(new KeyOption.Credential(credential(option, rest)));
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

  private Path credential(String option, Iterator<String> rest) throws Unusable {
    var name = Usage.value(option, rest, "the name of a credential", KeyArguments::name);
    var folder = environment.getOrDefault(CREDENTIALS, "");
    if (folder.isEmpty()) {
      throw new Unusable(
          Misuse.MISSING_OPTION,
          "`%s` needs a unit with `LoadCredential=` or `LoadCredentialEncrypted=`, which sets %s"
              .formatted(option, CREDENTIALS));
    }
    return Path.of(folder, name);
  }

  private static Optional<String> name(String text) {
    return CREDENTIAL.matcher(text).matches() ? Optional.of(text) : Optional.empty();
  }

  /// Returns the source that was given; empty if none was.
  Optional<KeyOption> key() {
    return Optional.ofNullable(key);
  }
}
