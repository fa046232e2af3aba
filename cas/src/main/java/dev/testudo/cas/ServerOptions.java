package dev.testudo.cas;

import dev.testudo.cas.quota.Quotas;
import dev.testudo.cas.store.log.AuditLimits;
import dev.testudo.cas.volume.Leases;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.collateral.service.ServiceSettings;
import dev.testudo.trust.pki.KeyHash;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/// The options of a CAS: one component for each option of `testudo cas serve`, the clock and the
/// source of randomness.
///
/// @param state where the state is kept
/// @param listen the address to listen at; with port 0 the system chooses a free port
/// @param clock the time used for certificates and nonces
/// @param random the source of keys
/// @param log how the audit log is kept
/// @param root who may create sessions in the root namespace; its owners are stored at
///     the first start
/// @param quotas the storage limits
/// @param volumeLease how long a mount has a volume unless it renews its lease
/// @param hardware how evidence of hardware is verified
/// @param console the console, if there is one
public record ServerOptions(
    State state,
    InetSocketAddress listen,
    InstantSource clock,
    SecureRandom random,
    Log log,
    RootNamespace root,
    Quotas quotas,
    Duration volumeLease,
    Hardware hardware,
    Optional<Console> console) {
  /// Where CAS keeps its state.
  ///
  /// @param directory the state directory; created if it does not exist
  /// @param key where the master key comes from
  /// @param database the database server; empty if the database is in the state directory
  /// @param anchor a place outside the state that knows the last line of the audit log
  public record State(
      Path directory,
      KeyOption key,
      Optional<DatabaseServer> database,
      Optional<AnchorOption> anchor) {
    /// Creates a state that is completely in one directory.
    public State(Path directory) {
      this(directory, new KeyOption.Generated(), Optional.empty(), Optional.empty());
    }
  }

  /// The console.
  ///
  /// @param address the address to listen at
  /// @param clients the keys of those who may see it, by client certificate; if there are none, it
  ///     has a loopback address, and a token admits browsers
  public record Console(InetSocketAddress address, Set<KeyHash> clients) {
    /// Copies the set.
    public Console {
      clients = Set.copyOf(clients);
    }
  }

  /// How evidence of hardware is verified.
  ///
  /// @param roots roots that count besides those of the manufacturers of processors: for tests, and
  ///     those of TPMs
  /// @param collateral how the documents of manufacturers are kept; absent if CAS has none, so that
  ///     only evidence is accepted that brings all it needs
  public record Hardware(HardwareRoots roots, Optional<CollateralOption> collateral) {
    /// Only the roots of the manufacturers count, and no documents are kept.
    public static final Hardware USUAL = new Hardware(HardwareRoots.NONE, Optional.empty());
  }

  /// How documents of manufacturers are kept.
  ///
  /// @param folder where they are
  /// @param services who is asked for new ones; absent if nobody is
  public record CollateralOption(Path folder, Optional<ServiceSettings> services) {}

  /// A database server.
  ///
  /// @param url its JDBC URL, without password
  /// @param password where the password is
  public record DatabaseServer(String url, Optional<PasswordOption> password) {}

  /// The source of the password of a database.
  public sealed interface PasswordOption {
    /// A file whose first line is the password.
    record InFile(Path file) implements PasswordOption {}

    /// Such a file that the service manager provides.
    record Credential(Path file) implements PasswordOption {}
  }

  /// Where the anchor is.
  public sealed interface AnchorOption {
    /// A file.
    record InFile(Path file) implements AnchorOption {}

    /// Another CAS.
    ///
    /// @param key the hash of its key
    record Witness(CasAddress address, KeyHash key) implements AnchorOption {}
  }

  /// The source of the master key, which wraps the key that seals the store.
  public sealed interface KeyOption {
    /// The file `seal.key` of the state directory, which CAS generates.
    record Generated() implements KeyOption {}

    /// A file with 32 random bytes.
    record InFile(Path file) implements KeyOption {}

    /// A file or descriptor whose first line is a passphrase.
    record Passphrase(Path file) implements KeyOption {}

    /// A file with 32 random bytes that the service manager provides.
    record Credential(Path file) implements KeyOption {}
  }

  /// Who may create sessions in the root namespace unless a root session says otherwise.
  ///
  /// @param owners the keys that may
  /// @param firstCome true if everybody may, meant for a private CAS on one's own machine
  public record RootNamespace(Set<KeyHash> owners, boolean firstCome) {
    /// Everybody may create sessions in the root namespace.
    public static final RootNamespace FIRST_COME = new RootNamespace(Set.of(), true);

    /// Copies the set.
    public RootNamespace {
      owners = Set.copyOf(owners);
    }
  }

  /// How the audit log is kept.
  ///
  /// @param quota the most bytes of the log in the database
  /// @param files how many earlier files of the log are kept
  /// @param accepted true to start even though the log's copy was changed
  /// @param witnessed the keys of other CAS, the heads of whose logs this one keeps
  public record Log(long quota, int files, boolean accepted, Set<KeyHash> witnessed) {
    /// The defaults.
    public static final Log USUAL = new Log(64L << 20, AuditLimits.USUAL_FILES, false, Set.of());

    /// Copies the set.
    public Log {
      witnessed = Set.copyOf(witnessed);
    }
  }

  /// Creates options with the system's clock and randomness. Everybody may create sessions in
  /// the root namespace.
  public ServerOptions(Path state, InetSocketAddress listen) {
    this(
        new State(state),
        listen,
        InstantSource.system(),
        new SecureRandom(),
        Log.USUAL,
        RootNamespace.FIRST_COME,
        Quotas.USUAL,
        Leases.USUAL,
        Hardware.USUAL,
        Optional.empty());
  }
}
