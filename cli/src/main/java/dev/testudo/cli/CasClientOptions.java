package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.up.MeshReport;
import dev.testudo.cli.up.RunningCas;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that select a CAS and the identity of the caller.
final class CasClientOptions {
  @Option(
      names = {"-c", "--cas"},
      paramLabel = "HOST:PORT",
      description =
          "The address of the CAS (default: the one of --state, else $TESTUDO_CAS, else the default"
              + " one).")
  private @Nullable String cas;

  @Option(
      names = "--cas-key",
      paramLabel = "HASH",
      description =
          "The hash of the key that the CAS must have (default: $TESTUDO_CAS_KEY with $TESTUDO_CAS,"
              + " else the one that it was attested with).")
  private @Nullable String key;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "The state directory of a running mesh; selects its CAS and its identity.")
  private @Nullable Path state;

  @Option(
      names = "--identity",
      paramLabel = "FILE",
      description = "A PEM file with your key and certificate; see `testudo identity`.")
  private @Nullable Path identity;

  /// Returns a client of the selected CAS.
  CasClient client(CliContext context) throws IOException, CommandFailed {
    var which = which(context);
    return new CasClient(which.address(), which.key(), me(context));
  }

  /// Returns true if the options or the environment select a CAS.
  boolean isSelected(CliContext context) {
    return cas != null || state != null || context.environment().containsKey("TESTUDO_CAS");
  }

  /// Returns the CAS at an address that the options do not give.
  ///
  /// @param fallback its key, if neither an option gives it nor it has been attested
  RunningCas at(String address, Optional<KeyHash> fallback, CliContext context)
      throws IOException, CommandFailed {
    return pinned(address, Optional.ofNullable(key).or(() -> fallback.map(KeyHash::text)), context);
  }

  /// Returns the address and the key of the selected CAS.
  RunningCas which(CliContext context) throws IOException, CommandFailed {
    return which(context, Optional.empty());
  }

  /// Returns the address and the key of the selected CAS.
  ///
  /// @param fallback its key, if an address is given without one
  RunningCas which(CliContext context, Optional<KeyHash> fallback)
      throws IOException, CommandFailed {
    var folder = state;
    if (folder != null && cas == null) {
      return running(given("--state", folder));
    }
    var environment = context.environment();
    if (cas == null && environment.containsKey("TESTUDO_CAS")) {
      return pinned(
          environment.getOrDefault("TESTUDO_CAS", ""),
          Optional.ofNullable(key)
              .or(() -> Optional.ofNullable(environment.get("TESTUDO_CAS_KEY")))
              .or(() -> fallback.map(KeyHash::text)),
          context);
    }
    if (cas != null) {
      return at(cas, fallback, context);
    }
    return KnownCas.read(context)
        .first()
        .orElseThrow(
            () ->
                CommandFailed.usage(
                    "which CAS? give --cas HOST:PORT and --cas-key HASH, or --state DIR of a mesh"
                        + " that is up, or attest one with `testudo cas attest`"));
  }

  private static RunningCas running(Path folder) throws IOException, CommandFailed {
    var report = folder.resolve("run/mesh.json");
    if (!Files.exists(report)) {
      throw CommandFailed.environment(
          "no mesh is up in %s; start it with `testudo up --state %s`".formatted(folder, folder));
    }
    return MeshReport.readCas(report);
  }

  /// Returns the CAS with an address, or else the one of the environment, or else the default one.
  ///
  /// @param key its key, if it need not be known already
  static RunningCas selected(Optional<String> address, Optional<String> key, CliContext context)
      throws IOException, CommandFailed {
    var options = new CasClientOptions();
    options.cas = address.orElse(null);
    options.key = key.orElse(null);
    return options.which(context);
  }

  private static RunningCas pinned(String address, Optional<String> key, CliContext context)
      throws IOException, CommandFailed {
    var where = address(address);
    if (key.isPresent()) {
      return new RunningCas(where, hash(key.get()));
    }
    return KnownCas.read(context)
        .at(where)
        .orElseThrow(
            () ->
                CommandFailed.usage(
                    "CAS %s has not been attested; give its --cas-key, or run `testudo cas attest"
                            .formatted(where)
                        + " %s --key HASH` first".formatted(where)));
  }

  static CasAddress address(String text) throws CommandFailed {
    return CasAddress.parse(text)
        .orElseThrow(() -> CommandFailed.usage("`" + text + "` is not HOST or HOST:PORT"));
  }

  static KeyHash hash(String text) throws CommandFailed {
    return KeyHash.parse(text)
        .orElseThrow(() -> CommandFailed.usage("`" + text + "` is not the hash of a key"));
  }

  /// Returns the identity of the caller. Only the user's own identity, at its default place, is
  /// created on first use.
  Identity me(CliContext context) throws IOException, CommandFailed {
    if (identity != null) {
      return Identities.read(given("--identity", identity));
    }
    if (state != null) {
      return Identities.read(state.resolve("identity.pem"));
    }
    var mesh = context.environment().get("TESTUDO_STATE");
    return cas == null && mesh != null
        ? Identities.read(Path.of(mesh).resolve("identity.pem"))
        : Identities.kept(KnownCas.identity(context));
  }

  /// Returns the path given for an option. An empty one is refused, because it usually comes from a
  /// variable that is not set.
  static Path given(String option, Path path) throws CommandFailed {
    if (path.toString().isEmpty()) {
      throw CommandFailed.usage("%s is empty; is a variable not set?".formatted(option));
    }
    return path;
  }
}
