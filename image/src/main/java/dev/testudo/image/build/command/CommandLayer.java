package dev.testudo.image.build.command;

import dev.testudo.image.layer.WrittenLayer;
import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.BlobSink;
import java.io.IOException;

/// A layer that commands have made.
///
/// @param layer how manifests and configurations name it: gzip, with times of 0
/// @param content its bytes, from the cache
/// @param cached whether it was in the cache, so that no command has run
/// @param empty whether the commands have changed nothing; an image may then do without it
public record CommandLayer(WrittenLayer layer, BlobContent content, boolean cached, boolean empty) {
  /// Stores the layer in `sink`, unless it is there.
  public void copyTo(BlobSink sink) throws IOException {
    sink.put(layer.blob(), content);
  }
}
