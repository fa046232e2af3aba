package dev.testudo.fuzz;

import dev.testudo.linux.fuse.FuseRequests;

/// A request of FUSE, of any kind, with any lengths, offsets and names. What is wrong with it is an
/// error number in the reply; a file system never sees it.
public final class FuseTarget {
  private static final FuseRequests REQUESTS = new FuseRequests();

  private FuseTarget() {}

  /// Performs one request.
  public static void fuzzerTestOneInput(byte[] input) {
    REQUESTS.perform(input);
  }
}
