package dev.testudo.image.zstd;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Decompresses Zstandard: one frame after another up to the end of the stream. It uses at most
/// 132 MiB, and much less for what ordinary levels write. Not thread-safe.
public final class ZstdStream extends InputStream {
  private static final int MAGIC = 0xFD2FB528;
  private static final int SKIPPABLE = 0x184D2A50;

  private final InputStream in;
  private final ZstdWindow window = new ZstdWindow();
  private final ZstdBlocks blocks = new ZstdBlocks(window);
  private final byte[] block = new byte[ZstdBlocks.MAX_BLOCK + BackwardBits.PADDING];
  private boolean inFrame;
  private boolean ended;
  private @Nullable XxHash64 hash;
  private int maxBlock;
  private long announced;
  private long given;

  /// Decompresses `in`, which it closes.
  public ZstdStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (window.available() == 0) {
      if (ended) {
        return -1;
      }
      if (inFrame) {
        block();
      } else {
        frame();
      }
    }
    return window.take(buffer, offset, length);
  }

  private void frame() throws IOException {
    var first = in.read();
    if (first < 0) {
      ended = true;
      return;
    }
    var magic = (int) (first | (number(3) << 8));
    if ((magic & ~15) == SKIPPABLE) {
      discard(number(4));
      return;
    }
    if (magic != MAGIC) {
      throw new ZstdException("the stream has no frame, or bytes follow its last one");
    }
    var flags = (int) number(1);
    if ((flags & 8) != 0) {
      throw ZstdException.corrupt("the header of a frame");
    }
    var single = (flags & 32) != 0;
    var windowSize = single ? 0 : windowSize((int) number(1));
    var dictionary = number(new int[] {0, 1, 2, 4}[flags & 3]);
    if (dictionary != 0) {
      throw new ZstdException("the stream needs a dictionary");
    }
    announced = contentSize(flags >> 6, single);
    if (single) {
      windowSize = announced;
    }
    if (windowSize > ZstdWindow.MAX_SIZE) {
      throw new ZstdException(
          "the stream needs a window of %d bytes, %d are allowed"
              .formatted(windowSize, ZstdWindow.MAX_SIZE));
    }
    hash = (flags & 4) != 0 ? new XxHash64() : null;
    given = 0;
    maxBlock = (int) Math.min(windowSize, ZstdBlocks.MAX_BLOCK);
    window.startFrame((int) windowSize);
    blocks.startFrame();
    inFrame = true;
  }

  private static long windowSize(int descriptor) {
    var base = 1L << (10 + (descriptor >> 3));
    return base + (base / 8) * (descriptor & 7);
  }

  /// Returns the size of the content, or -1 if the frame does not say it. A size of 64 bits may be
  /// negative, which [#MAGIC]'s frames never give: it is refused as a window or at the end.
  private long contentSize(int flag, boolean single) throws IOException {
    return switch (flag) {
      case 0 -> single ? number(1) : -1;
      case 1 -> number(2) + 256;
      case 2 -> number(4);
      default -> {
        var size = number(8);
        if (size < 0) {
          throw ZstdException.corrupt("the header of a frame");
        }
        yield size;
      }
    };
  }

  private void block() throws IOException {
    var header = (int) number(3);
    var size = header >> 3;
    window.startBlock();
    switch ((header >> 1) & 3) {
      case 0 -> {
        bytes(size);
        window.append(block, 0, size);
      }
      case 1 -> {
        bytes(1);
        window.fill(block[0], size);
      }
      case 2 -> {
        bytes(size);
        blocks.decode(block, size);
      }
      default -> throw ZstdException.corrupt("the header of a block");
    }
    given += window.available();
    if (hash != null) {
      window.addTo(hash);
    }
    if ((header & 1) != 0) {
      endFrame();
    }
  }

  private void endFrame() throws IOException {
    if (announced >= 0 && given != announced) {
      throw ZstdException.corrupt("the size of a frame");
    }
    if (hash != null && number(4) != (hash.value() & 0xFFFF_FFFFL)) {
      throw ZstdException.corrupt("the checksum of a frame");
    }
    inFrame = false;
  }

  private void bytes(int size) throws IOException {
    if (size > maxBlock) {
      throw ZstdException.corrupt("the header of a block");
    }
    if (in.readNBytes(block, 0, size) < size) {
      throw truncated();
    }
  }

  /// Reads a number of up to 8 bytes, least significant first.
  private long number(int length) throws IOException {
    var number = 0L;
    for (var i = 0; i < length; i++) {
      var one = in.read();
      if (one < 0) {
        throw truncated();
      }
      number |= (long) one << (8 * i);
    }
    return number;
  }

  private void discard(long count) throws IOException {
    try {
      in.skipNBytes(count);
    } catch (EOFException e) {
      throw truncated();
    }
  }

  private static ZstdException truncated() {
    return new ZstdException("the stream is truncated");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
