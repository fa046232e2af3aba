package dev.testudo.image.zstd;

import java.io.IOException;

/// A stream is not valid Zstandard, or needs more memory than allowed.
public final class ZstdException extends IOException {
  private static final long serialVersionUID = 1;

  ZstdException(String message) {
    super("zstd: " + message);
  }

  static ZstdException corrupt(String what) {
    return new ZstdException(what + " is corrupt");
  }
}
