package dev.testudo.cas;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cas.Usage.Misuse;
import dev.testudo.cas.Usage.Unusable;
import dev.testudo.cas.export.AuditSink;
import dev.testudo.cas.quota.Quotas;
import dev.testudo.cas.volume.Leases;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Parses the arguments of `testudo cas serve` and `testudo cas init`.
final class ServeArguments {
  private static final Pattern ADDRESS =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):([0-9]{1,5})");

  /// What says nothing about the state that `init` creates.
  private static final Set<String> ONLY_TO_SERVE =
      Set.of(
          "--listen",
          "--console",
          "--console-client",
          "--audit-to",
          "--audit-mib",
          "--audit-files",
          "--witness-for",
          "--accept-audit-log",
          "--quota",
          "--volume-lease",
          "--exit-with-stdin");

  private final boolean serves;
  private final StateArguments state;
  private final Set<KeyHash> owners = new HashSet<>();
  private final Set<KeyHash> consoleClients = new HashSet<>();
  private final Set<KeyHash> witnessed = new HashSet<>();
  private @Nullable InetSocketAddress listen;
  private @Nullable InetSocketAddress console;
  private @Nullable Path ownerFile;
  private @Nullable AuditSink auditTo;
  private boolean firstCome;
  private boolean exitWithStdin;
  private boolean acceptAuditLog;
  private long auditMib = ServerOptions.Log.USUAL.quota() >> 20;
  private int auditFiles = ServerOptions.Log.USUAL.files();
  private final HardwareArguments hardware;
  private Quotas quotas = Quotas.USUAL;
  private Duration volumeLease = Leases.USUAL;

  private ServeArguments(boolean serves, Map<String, String> environment) {
    this.serves = serves;
    this.state = new StateArguments(environment);
    this.hardware = new HardwareArguments(environment);
  }

  /// The result of parsing the arguments.
  sealed interface Read {}

  /// The arguments are complete and CAS can be started.
  ///
  /// @param auditTo where the audit log is exported to
  record Complete(ServerOptions options, boolean exitWithStdin, Optional<AuditSink> auditTo)
      implements Read {}

  /// The arguments are invalid.
  ///
  /// @param problem what is wrong, in one line
  record Misused(Misuse misuse, String problem) implements Read {}

  /// A file that the arguments name has errors.
  record Mistaken(List<Diagnostic> problems) implements Read {
    Mistaken {
      problems = List.copyOf(problems);
    }
  }

  /// Parses the arguments after `serve`.
  ///
  /// @param environment the environment of the process
  /// @throws IOException if a file that they name cannot be read
  static Read of(List<String> args, Map<String, String> environment) throws IOException {
    return of(args, new ServeArguments(true, environment));
  }

  /// Parses the arguments after `init`, which has no options that only serving needs.
  static Read ofInit(List<String> args, Map<String, String> environment) throws IOException {
    return of(args, new ServeArguments(false, environment));
  }

  private static Read of(List<String> args, ServeArguments arguments) throws IOException {
    try {
      for (var rest = args.iterator(); rest.hasNext(); ) {
        arguments.take(rest.next(), rest);
      }
      return arguments.complete();
    } catch (Unusable e) {
      return new Misused(e.misuse(), e.problem());
    }
  }

  private void take(String option, Iterator<String> rest) throws Unusable {
    if (!serves && (ONLY_TO_SERVE.contains(option) || HardwareArguments.ALL.contains(option))) {
      throw new Unusable(
          Misuse.UNKNOWN_OPTION, "`%s` is an option of `serve` only".formatted(option));
    }
    if (state.take(option, rest) || hardware.take(option, rest)) {
      return;
    }
    switch (option) {
      case "--exit-with-stdin" -> exitWithStdin = true;
      case "--accept-audit-log" -> acceptAuditLog = true;
      case "--first-come" -> firstCome = true;
      case "--owner" -> owners.add(Usage.value(option, rest, "the hash of a key", KeyHash::parse));
      case "--witness-for" ->
          witnessed.add(Usage.value(option, rest, "the hash of a key", KeyHash::parse));
      case "--owner-file" -> {
        Usage.once(option, ownerFile);
        ownerFile = Usage.value(option, rest, "a file", StateArguments::path);
      }
      case "--listen" -> {
        Usage.once(option, listen);
        listen = Usage.value(option, rest, "HOST:PORT of this machine", ServeArguments::address);
      }
      case "--console" -> {
        Usage.once(option, console);
        console = Usage.value(option, rest, "HOST:PORT of this machine", ServeArguments::address);
      }
      case "--console-client" ->
          consoleClients.add(Usage.value(option, rest, "the hash of a key", KeyHash::parse));
      case "--audit-to" -> {
        Usage.once(option, auditTo);
        auditTo = Usage.value(option, rest, "stdout or syslog:HOST:PORT", AuditSink::parse);
      }
      case "--audit-mib" ->
          auditMib = Usage.value(option, rest, "1 to 999999 mebibytes", ServeArguments::mib);
      case "--audit-files" ->
          auditFiles = Usage.value(option, rest, "1 to 999 files", ServeArguments::files);
      case "--quota" ->
          quotas =
              Usage.value(
                  option,
                  rest,
                  "WHO=SESSIONS,MIB, where WHO is owner, key, stranger or strangers",
                  quotas::with);
      case "--volume-lease" ->
          volumeLease = Usage.value(option, rest, "5 to 3600 seconds", ServeArguments::volumeLease);
      default -> throw new Unusable(Misuse.UNKNOWN_OPTION, "unknown option `%s`".formatted(option));
    }
  }

  private static Optional<Long> mib(String text) {
    return text.matches("[1-9][0-9]{0,5}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
  }

  private static Optional<Integer> files(String text) {
    return text.matches("[1-9][0-9]{0,2}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
  }

  private static Optional<Duration> volumeLease(String text) {
    return Optional.of(text)
        .filter(t -> t.matches("[1-9][0-9]{0,3}"))
        .map(t -> Duration.ofSeconds(Long.parseLong(t)))
        .filter(lease -> lease.toSeconds() >= 5 && lease.toSeconds() <= 3600);
  }

  /// Parses `host:port` or `[v6]:port`. With port 0 the system chooses a free one.
  private static Optional<InetSocketAddress> address(String text) {
    var matcher = ADDRESS.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
      return Optional.empty();
    }
    var address = new InetSocketAddress(matcher.group(1), Integer.parseInt(matcher.group(2)));
    return address.isUnresolved() ? Optional.empty() : Optional.of(address);
  }

  private Optional<ServerOptions.Console> console() throws Unusable {
    if (console == null) {
      if (!consoleClients.isEmpty()) {
        throw new Unusable(Misuse.MISSING_OPTION, "`--console-client` needs `--console`");
      }
      return Optional.empty();
    }
    if (consoleClients.isEmpty() && !console.getAddress().isLoopbackAddress()) {
      throw new Unusable(
          Misuse.MISSING_OPTION,
          "`--console` with an address that is not loopback needs `--console-client`");
    }
    return Optional.of(new ServerOptions.Console(console, consoleClients));
  }

  private Read complete() throws Unusable, IOException {
    var directory = state.state();
    var address =
        serves
            ? Optional.ofNullable(listen)
            : Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    if (directory.isEmpty() || address.isEmpty()) {
      throw new Unusable(
          Misuse.MISSING_OPTION,
          serves ? "`--state` and `--listen` are required" : "`--state` is required");
    }
    if (firstCome && (ownerFile != null || !owners.isEmpty())) {
      throw new Unusable(
          Misuse.CONTRADICTION, "`--first-come` excludes `--owner` and `--owner-file`");
    }
    if (ownerFile != null) {
      switch (OwnerFile.read(source(ownerFile))) {
        case Parsed.Valid<Set<KeyHash>>(var named, _) -> owners.addAll(named);
        case Parsed.Invalid<Set<KeyHash>>(var problems) -> {
          return new Mistaken(problems);
        }
      }
    }
    var options =
        new ServerOptions(
            directory.get(),
            address.get(),
            InstantSource.system(),
            new SecureRandom(),
            new ServerOptions.Log(auditMib << 20, auditFiles, acceptAuditLog, witnessed),
            new ServerOptions.RootNamespace(owners, firstCome),
            quotas,
            volumeLease,
            hardware.hardware(),
            console());
    return new Complete(options, exitWithStdin, Optional.ofNullable(auditTo));
  }

  private static SourceFile source(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(OwnerFile.LIMIT + 1);
      if (bytes.length > OwnerFile.LIMIT) {
        throw new IOException(
            "%s is longer than %d bytes; is it the right file?".formatted(file, OwnerFile.LIMIT));
      }
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new SourceFile(file.toString(), text);
    } catch (CharacterCodingException e) {
      throw new IOException("%s is not UTF-8 text".formatted(file), e);
    } catch (FileSystemException e) {
      throw new IOException(
          "cannot read the owners from %s: %s"
              .formatted(file, Optional.ofNullable(e.getReason()).orElse("it does not exist")),
          e);
    }
  }
}
