package dev.testudo.volume.store;

import java.util.ArrayList;
import java.util.List;

/// What will be in the next commit. Belongs to the lock of the store.
final class CommitBatch {
  private final CommitBody body;
  private final List<Long> freed = new ArrayList<>();
  private List<VolumeSegment> created = List.of();

  CommitBatch(VolumeShape shape) {
    this.body = new CommitBody(shape);
  }

  /// Returns the operations.
  CommitBody body() {
    return body;
  }

  /// Adds a slot that nothing names after this commit.
  void free(long place) {
    freed.add(place);
  }

  List<Long> freed() {
    return freed;
  }

  /// Sets which segments are new in it.
  void setCreated(List<VolumeSegment> segments) {
    created = segments;
  }

  List<VolumeSegment> created() {
    return created;
  }

  boolean isEmpty() {
    return body.length() == 0;
  }
}
