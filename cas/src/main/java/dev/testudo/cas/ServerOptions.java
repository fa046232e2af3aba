package dev.testudo.cas;

import dev.testudo.cas.quota.Quotas;
import dev.testudo.trust.pki.KeyHash;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;

/// The options of a CAS: one component for each option of `testudo cas serve`, the clock and the
/// source of randomness.
///
/// @param state the directory that holds the whole state; created if it does not exist
/// @param listen the address to listen at; with port 0 the system chooses a free port
/// @param clock the time used for certificates and nonces
/// @param random the source of keys
/// @param log how the audit log is kept
/// @param root who may create sessions in the root namespace; its owners are stored at
///     the first start
/// @param quotas the storage limits
public record ServerOptions(
    Path state,
    InetSocketAddress listen,
    InstantSource clock,
    SecureRandom random,
    Log log,
    RootNamespace root,
    Quotas quotas) {
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
  /// @param accepted true to start even though the log's copy was changed
  public record Log(long quota, boolean accepted) {
    /// The defaults.
    public static final Log USUAL = new Log(64L << 20, false);
  }

  /// Creates options with the system's clock and randomness. Everybody may create sessions in
  /// the root namespace.
  public ServerOptions(Path state, InetSocketAddress listen) {
    this(
        state,
        listen,
        InstantSource.system(),
        new SecureRandom(),
        Log.USUAL,
        RootNamespace.FIRST_COME,
        Quotas.USUAL);
  }
}
