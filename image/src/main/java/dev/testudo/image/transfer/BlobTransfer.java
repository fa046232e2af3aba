package dev.testudo.image.transfer;

import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Stores blobs, several at a time where the destination permits it.
public final class BlobTransfer {
  /// How many blobs are stored at a time: enough that one which the destination has, or which waits
  /// for an answer, does not leave the network idle.
  public static final int PARALLEL = 4;

  private final Map<Digest, Item> items = new LinkedHashMap<>();

  private record Item(Descriptor blob, BlobContent content) {}

  /// Creates a transfer without blobs.
  public BlobTransfer() {}

  /// Adds a blob, unless there is one with the same digest.
  public void add(Descriptor blob, BlobContent content) {
    items.putIfAbsent(blob.digest(), new Item(blob, content));
  }

  /// Returns the blobs in the order in which they were added.
  public List<Descriptor> blobs() {
    return items.values().stream().map(Item::blob).toList();
  }

  /// Stores all blobs that the destination does not have.
  ///
  /// @throws IOException the failure of the first blob that fails; the others are then interrupted
  public void send(BlobSink to, TransferListener listener) throws IOException {
    listener.planned(blobs());
    Collection<ParallelTasks.Task> tasks = new ArrayList<>();
    for (var item : items.values()) {
      tasks.add(() -> send(item, to, listener));
    }
    ParallelTasks.run(to.isOrdered() ? 1 : PARALLEL, tasks);
  }

  private static void send(Item item, BlobSink to, TransferListener listener) throws IOException {
    var content = new WatchedContent(item.blob(), item.content(), listener);
    to.put(item.blob(), content);
    listener.done(item.blob(), content.isOpened());
  }
}
