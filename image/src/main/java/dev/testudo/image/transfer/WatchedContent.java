package dev.testudo.image.transfer;

import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.Descriptor;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// The content of a blob; a listener is told how far it has been read.
final class WatchedContent implements BlobContent {
  private final Descriptor blob;
  private final BlobContent content;
  private final TransferListener listener;
  private volatile boolean opened;

  WatchedContent(Descriptor blob, BlobContent content, TransferListener listener) {
    this.blob = blob;
    this.content = content;
    this.listener = listener;
  }

  @Override
  public InputStream open() throws IOException {
    opened = true;
    return new Watched(content.open());
  }

  /// Returns true if somebody has opened the content.
  boolean isOpened() {
    return opened;
  }

  private final class Watched extends FilterInputStream {
    private long position;

    Watched(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      var one = in.read();
      moved(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      var count = in.read(bytes, offset, length);
      moved(Math.max(count, 0));
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      var skipped = in.skip(count);
      moved(skipped);
      return skipped;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    private void moved(long count) {
      position += count;
      listener.at(blob, position);
    }
  }
}
