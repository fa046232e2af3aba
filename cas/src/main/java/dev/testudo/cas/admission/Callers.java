package dev.testudo.cas.admission;

import dev.testudo.cas.caller.Caller;
import dev.testudo.trust.pki.KeyHash;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The callers that are known: owners, creators of sessions, and callers that attested recently.
public final class Callers {
  /// How long an attestation counts as recent.
  static final Duration LATELY = Duration.ofMinutes(10);

  private static final int MOST = 16_384;

  private final Set<KeyHash> owners;
  private final LongSupplier nanoTime;
  private final Map<KeyHash, Long> creators = bounded();
  private final Map<KeyHash, Long> attestedKeys = bounded();
  private final Map<Origin, Long> attestedOrigins = bounded();

  /// Creates a table that knows nobody but `owners`.
  ///
  /// @param nanoTime a clock like [System#nanoTime()]
  public Callers(Set<KeyHash> owners, LongSupplier nanoTime) {
    this.owners = Set.copyOf(owners);
    this.nanoTime = nanoTime;
  }

  /// Returns true if `key` belongs to an owner.
  public boolean isOwner(KeyHash key) {
    return owners.contains(key);
  }

  /// Records that `key` created a session.
  public synchronized void created(KeyHash key) {
    creators.put(key, nanoTime.getAsLong());
  }

  /// Records that `caller` received a configuration.
  public synchronized void attested(Caller caller) {
    var now = nanoTime.getAsLong();
    caller.key().ifPresent(key -> attestedKeys.put(key, now));
    attestedOrigins.put(Origin.of(caller.address()), now);
  }

  /// Returns how well `caller` is known.
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

  /// Returns how well a caller at `origin` is known before its key is.
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
