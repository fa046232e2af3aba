package dev.testudo.volume.store;

import java.io.Serial;
import java.util.LinkedHashMap;
import java.util.Map;

/// A map that forgets the entries that were not used for the longest time. For one thread at a
/// time.
final class LeastRecent<K, V> extends LinkedHashMap<K, V> {
  @Serial private static final long serialVersionUID = 1L;

  private final int most;

  LeastRecent(int most) {
    super(16, 0.75f, true);
    this.most = most;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > most;
  }
}
