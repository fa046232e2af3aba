package dev.testudo.cas.admission;

import dev.testudo.cas.caller.Caller;
import dev.testudo.trust.pki.KeyHash;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Who is known: owners, creators of sessions, and who attested lately.
public final class Callers {
  /// How long an attestation is remembered.
  static final Duration LATELY = Duration.ofMinutes(10);

  private static final int MOST = 16_384;

  private final Set<KeyHash> owners;
  private final LongSupplier nanoTime;
  private final Map<KeyHash, Long> creators = bounded();
  private final Map<KeyHash, Long> attestedKeys = bounded();
  private final Map<Origin, Long> attestedOrigins = bounded();

  /// Nobody but `owners` is known yet.
  ///
  /// @param nanoTime a clock as [System#nanoTime()]
  public Callers(Set<KeyHash> owners, LongSupplier nanoTime) {
    this.owners = Set.copyOf(owners);
    this.nanoTime = nanoTime;
  }

  /// Whether `key` is an owner's.
  public boolean isOwner(KeyHash key) {
    return owners.contains(key);
  }

  /// `key` created a session.
  public synchronized void created(KeyHash key) {
    creators.put(key, nanoTime.getAsLong());
  }

  /// `caller` got a configuration.
  public synchronized void attested(Caller caller) {
    var now = nanoTime.getAsLong();
    caller.key().ifPresent(key -> attestedKeys.put(key, now));
    attestedOrigins.put(Origin.of(caller.address()), now);
  }

  /// How well `caller` is known.
  public synchronized Rank rank(Caller caller) {
    var key = caller.key();
    if (key.isPresent() && (owners.contains(key.get()) || isRecent(attestedKeys.get(key.get())))) {
      return Rank.KNOWN;
    }
    var byAddress = rank(Origin.of(caller.address()));
    return byAddress == Rank.STRANGER && key.isPresent() && creators.containsKey(key.get())
        ? Rank.CREATOR
        : byAddress;
  }

  /// How well somebody at `origin` is known whose key is not.
  synchronized Rank rank(Origin origin) {
    return isRecent(attestedOrigins.get(origin)) ? Rank.NEIGHBOUR : Rank.STRANGER;
  }

  private boolean isRecent(@Nullable Long at) {
    return at != null && nanoTime.getAsLong() - at <= LATELY.toNanos();
  }

  private static <K> Map<K, Long> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, Long> eldest) {
        return size() > MOST;
      }
    };
  }
}
