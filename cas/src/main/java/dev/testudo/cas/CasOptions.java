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
public record CasOptions(
    Path state, InetSocketAddress listen, InstantSource clock, SecureRandom random) {
  /// With the system's clock and randomness.
  public CasOptions(Path state, InetSocketAddress listen) {
    this(state, listen, InstantSource.system(), new SecureRandom());
  }
}
