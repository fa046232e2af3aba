package dev.testudo.volume.store;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The segments of earlier mounts whose files are open. A large volume has more of them than a
/// process may have descriptors. Any thread.
final class OpenSegments {
  /// How many there are at most.
  static final int MOST = 256;

  private final Deque<VolumeSegment> open = new ArrayDeque<>();

  /// A segment has opened its file. If there are too many, the one that did so first closes its.
  /// The caller holds no lock of a segment.
  void opened(VolumeSegment segment) throws IOException {
    var first = add(segment);
    if (first != null) {
      first.rest();
    }
  }

  private synchronized @Nullable VolumeSegment add(VolumeSegment segment) {
    open.add(segment);
    return open.size() > MOST ? open.remove() : null;
  }
}
