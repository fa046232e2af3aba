package dev.testudo.cas;

import dev.testudo.cas.quota.Quotas;
import dev.testudo.trust.pki.KeyHash;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;

/// What CAS is started with: a component for each option of `testudo cas serve`, the clock and the
/// source of randomness.
///
/// @param state the directory that holds everything; made if it does not exist
/// @param listen where to listen; port 0 lets the system choose
/// @param clock the time certificates and nonces go by
/// @param random where keys come from
/// @param log how the audit log is kept
/// @param root who may create sessions in the root namespace; its owners are kept when CAS
///     starts for the first time
/// @param quotas how much may be kept, and of whom
public record ServerOptions(
    Path state,
    InetSocketAddress listen,
    InstantSource clock,
    SecureRandom random,
    Log log,
    RootNamespace root,
    Quotas quotas) {
  /// Who may create sessions in the root namespace as long as no root session says otherwise.
  ///
  /// @param owners keys that may
  /// @param firstCome whether everybody may: for a CAS of one's own on one's own machine
  public record RootNamespace(Set<KeyHash> owners, boolean firstCome) {
    /// For whoever comes first.
    public static final RootNamespace FIRST_COME = new RootNamespace(Set.of(), true);

    /// Copies the set.
    public RootNamespace {
      owners = Set.copyOf(owners);
    }
  }

  /// How the audit log is kept.
  ///
  /// @param quota most bytes of it in the database
  /// @param accepted true to go on although its copy is not as CAS left it
  public record Log(long quota, boolean accepted) {
    /// As it is kept unless something else is asked for.
    public static final Log USUAL = new Log(64L << 20, false);
  }

  /// With the system's clock and randomness, for whoever comes first.
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
