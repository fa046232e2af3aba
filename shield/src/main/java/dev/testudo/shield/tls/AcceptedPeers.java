package dev.testudo.shield.tls;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The peers that one [PeerVerifier] has accepted recently, by their certificate chains. If a peer
/// shows the same chain again, its certificates need not be verified again. Refused peers are not
/// stored, and an entry expires soon.
///
/// The cache belongs to the verifier and thus to the terms of one rule; new terms start with an
/// empty cache. Safe for use by multiple threads.
final class AcceptedPeers {
  /// The maximum life of an entry.
  static final Duration LONGEST = Duration.ofMinutes(5);

  /// The maximum number of entries; the oldest are evicted.
  static final int MOST = 1024;

  private final Map<Chain, Accepted> byChain =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Chain, Accepted> eldest) {
          return size() > MOST;
        }
      };

  /// Identifies a certificate chain: the SHA-256 of all certificates with their lengths, in order.
  record Chain(ByteBuffer digest) {
    /// Returns the identifier of `certificates`, in DER, the peer's own first.
    static Chain of(byte[][] certificates) {
      try {
        var sha256 = MessageDigest.getInstance("SHA-256");
        for (var certificate : certificates) {
          sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(certificate.length).flip());
          sha256.update(certificate);
        }
        return new Chain(ByteBuffer.wrap(sha256.digest()));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// An accepted peer: its name, and the interval in which the entry is valid, both ends included.
  private record Accepted(String name, Instant from, Instant until) {
    boolean holds(Instant now) {
      return !now.isBefore(from) && !now.isAfter(until);
    }
  }

  /// Returns the name of the peer that shows `chain`, if a valid entry exists.
  synchronized Optional<String> find(Chain chain, Instant now) {
    var known = byChain.get(chain);
    if (known == null) {
      return Optional.empty();
    }
    if (!known.holds(now)) {
      byChain.remove(chain);
      return Optional.empty();
    }
    return Optional.of(known.name());
  }

  /// Stores that the peer `name` was accepted at `now` with `chain`. The first of its certificates
  /// expires at `end`.
  synchronized void add(Chain chain, String name, Instant now, Instant end) {
    var latest = now.plus(LONGEST);
    byChain.remove(chain); // so that the iteration order is the order of verification
    byChain.put(chain, new Accepted(name, now, end.isBefore(latest) ? end : latest));
  }

  /// Returns the number of entries.
  synchronized int size() {
    return byChain.size();
  }
}
