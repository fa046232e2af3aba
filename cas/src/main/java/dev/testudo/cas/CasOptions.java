package dev.testudo.cas;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

/// What CAS is started with.
///
/// @param state the directory that holds everything; made if it does not exist
/// @param listen where to listen; port 0 lets the system choose
/// @param clock the time certificates and nonces go by
/// @param random where keys come from
/// @param log how the audit log is kept
public record CasOptions(
    Path state, InetSocketAddress listen, InstantSource clock, SecureRandom random, Log log) {
  /// How the audit log is kept.
  ///
  /// @param quota most bytes of it in the database
  /// @param accepted true to go on although its copy is not as CAS left it
  public record Log(long quota, boolean accepted) {
    /// As it is kept unless something else is asked for.
    public static final Log USUAL = new Log(64L << 20, false);
  }

  /// With the system's clock and randomness.
  public CasOptions(Path state, InetSocketAddress listen) {
    this(state, listen, InstantSource.system(), new SecureRandom(), Log.USUAL);
  }
}
