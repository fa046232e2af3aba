package dev.testudo.shield.tls;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The peers that one [PeerVerifier] has accepted lately: a peer that comes again with the very
/// same certificates is known, and need not be judged from the beginning. Nobody who was refused is
/// here, and nobody is here for long.
///
/// It belongs to the verifier and so to the terms of one rule: new terms begin with an empty one.
/// Safe for several threads.
final class AcceptedPeers {
  /// How long a verdict holds at most.
  static final Duration LONGEST = Duration.ofMinutes(5);

  /// How many are remembered; the oldest verdicts make room.
  static final int MOST = 1024;

  private final Map<Chain, Accepted> byChain =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Chain, Accepted> eldest) {
          return size() > MOST;
        }
      };

  /// Which certificates a peer has shown: the SHA-256 of all of them with their lengths, in order.
  record Chain(ByteBuffer digest) {
    /// `certificates`: DER, the peer's own first.
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

  /// A verdict: the peer's name, and from when until when it holds, both included.
  private record Accepted(String name, Instant from, Instant until) {
    boolean holds(Instant now) {
      return !now.isBefore(from) && !now.isAfter(until);
    }
  }

  /// The name of the peer that shows `chain`, if it was accepted and the verdict still holds.
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

  /// Remembers that `name` was accepted `now` with `chain`, none of whose certificates is in date
  /// after `end`.
  synchronized void add(Chain chain, String name, Instant now, Instant end) {
    var latest = now.plus(LONGEST);
    byChain.remove(chain); // so that the order is that of the verdicts
    byChain.put(chain, new Accepted(name, now, end.isBefore(latest) ? end : latest));
  }

  /// How many are remembered.
  synchronized int size() {
    return byChain.size();
  }
}
