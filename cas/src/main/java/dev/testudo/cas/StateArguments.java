package dev.testudo.cas;

import dev.testudo.cas.ServerOptions.AnchorOption;
import dev.testudo.cas.ServerOptions.KeyOption;
import dev.testudo.cas.ServerOptions.PasswordOption;
import dev.testudo.cas.Usage.Misuse;
import dev.testudo.cas.Usage.Unusable;
import dev.testudo.cas.store.postgresql.PostgresUrl;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.pki.KeyHash;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Parses the options that say where the state of CAS is and what opens it.
final class StateArguments {
  private static final String HTTPS = "https://";
  private static final String ANCHOR = "a file, or https://HOST:PORT of another CAS";

  private static final String STORE =
      "jdbc:postgresql://HOST[:PORT]/DATABASE without a password and without names of classes";

  private static final Pattern PASSWORD = Pattern.compile("[?&](password|sslpassword)=|://[^/?]*@");

  /// Parameters that make the driver run other code, for example to accept any certificate.
  private static final Pattern CLASS =
      Pattern.compile(
          "[?&](socketFactory|socketFactoryArg|sslfactory|sslfactoryarg|sslhostnameverifier"
              + "|sslpasswordcallback|authenticationPluginClassName|xmlFactoryFactory)=");

  private final ServiceCredentials credentials;
  private final KeyArguments key;
  private @Nullable Path directory;
  private @Nullable String store;
  private @Nullable PasswordOption password;
  private @Nullable String anchor;
  private @Nullable KeyHash anchorKey;

  /// Creates a parser.
  ///
  /// @param environment the environment of the process
  StateArguments(Map<String, String> environment) {
    this.credentials = ServiceCredentials.of(environment);
    this.key = new KeyArguments("--", credentials);
  }

  /// The options that a command has besides those of the state.
  @FunctionalInterface
  interface More {
    /// Takes `option` if it is one of them.
    boolean take(String option, Iterator<String> rest) throws Unusable;
  }

  /// Parses the arguments of a command that needs a state.
  ///
  /// @param environment the environment of the process
  static ServerOptions.State read(List<String> args, Map<String, String> environment, More more)
      throws Unusable {
    var arguments = new StateArguments(environment);
    for (var rest = args.iterator(); rest.hasNext(); ) {
      var option = rest.next();
      if (!more.take(option, rest) && !arguments.take(option, rest)) {
        throw new Unusable(Misuse.UNKNOWN_OPTION, "unknown option `%s`".formatted(option));
      }
    }
    return arguments.state().orElseThrow(() -> ValueOption.missing("--state"));
  }

  /// Takes `option` if it is about the state.
  ///
  /// @return false if it is not
  boolean take(String option, Iterator<String> rest) throws Unusable {
    switch (option) {
      case "--state" -> {
        Usage.once(option, directory);
        directory = Usage.value(option, rest, "a directory", StateArguments::path);
      }
      case "--store" -> {
        Usage.once(option, store);
        store = Usage.hidden(option, rest, STORE, StateArguments::url);
      }
      case "--store-password-file" ->
          password(
              new PasswordOption.InFile(Usage.value(option, rest, "a file", StateArguments::path)));
      case "--store-password-credential" ->
          password(new PasswordOption.Credential(credentials.file(option, rest)));
      case "--anchor" -> {
        Usage.once(option, anchor);
        anchor = Usage.value(option, rest, ANCHOR, StateArguments::anchor);
      }
      case "--anchor-key" -> {
        Usage.once(option, anchorKey);
        anchorKey = Usage.value(option, rest, "the hash of a key", KeyHash::parse);
      }
      default -> {
        return key.take(option, rest);
      }
    }
    return true;
  }

  private void password(PasswordOption given) throws Unusable {
    if (password != null) {
      throw new Unusable(
          Misuse.CONTRADICTION,
          "only one of `--store-password-file` and `--store-password-credential` can be given");
    }
    password = given;
  }

  /// Parses the path of a file or directory.
  static Optional<Path> path(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
  }

  private static Optional<String> anchor(String text) {
    return text.isEmpty() || (text.startsWith(HTTPS) && witness(text).isEmpty())
        ? Optional.empty()
        : Optional.of(text);
  }

  private static Optional<CasAddress> witness(String text) {
    return CasAddress.parse(text.substring(HTTPS.length()));
  }

  private Optional<AnchorOption> anchorOption() throws Unusable {
    var place = anchor;
    var key = anchorKey;
    var isWitness = place != null && place.startsWith(HTTPS);
    if (isWitness != (key != null)) {
      throw new Unusable(
          Misuse.MISSING_OPTION, "`--anchor https://HOST:PORT` and `--anchor-key` need each other");
    }
    if (place == null) {
      return Optional.empty();
    }
    return key == null
        ? Optional.of(new AnchorOption.InFile(Path.of(place)))
        : witness(place).map(address -> new AnchorOption.Witness(address, key));
  }

  /// Parses the URL of a database. A password in it would be visible to every user of the machine.
  private static Optional<String> url(String text) {
    return text.startsWith(PostgresUrl.SCHEME + "//")
            && !PASSWORD.matcher(text).find()
            && !CLASS.matcher(text).find()
        ? Optional.of(text)
        : Optional.empty();
  }

  /// Returns the state; empty if no directory was given.
  Optional<ServerOptions.State> state() throws Unusable {
    if (store == null && password != null) {
      throw new Unusable(Misuse.MISSING_OPTION, "a password needs `--store`");
    }
    var place = anchorOption();
    var source = key.key().orElseGet(KeyOption.Generated::new);
    var server =
        Optional.ofNullable(store)
            .map(url -> new ServerOptions.DatabaseServer(url, Optional.ofNullable(password)));
    return Optional.ofNullable(directory)
        .map(folder -> new ServerOptions.State(folder, source, server, place));
  }
}
