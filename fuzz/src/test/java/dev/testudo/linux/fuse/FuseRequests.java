package dev.testudo.linux.fuse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Performs requests that no kernel would send, on a file system that accepts everything, and
/// checks what it gets to see.
public final class FuseRequests {
  private static final int HEADER = 40;

  private final Dispatcher dispatcher;
  private Exception failure = new Exception("none");
  private boolean failed;

  /// Creates a dispatcher.
  public FuseRequests() {
    var settings = FuseSettings.of("fuzz", 1).withTransfer(1 << 14);
    dispatcher = new Dispatcher(new Accepting(), settings, new ServerState(new Noting(), NOBODY));
  }

  /// Performs the request that consists of `bytes`. If its head says nothing about its length, it
  /// gets the right one, since few mutations would find it.
  public void perform(byte[] bytes) {
    int length = Math.min(bytes.length, dispatcher.request().length);
    System.arraycopy(bytes, 0, dispatcher.request(), 0, length);
    var request = ByteBuffer.wrap(dispatcher.request()).order(ByteOrder.nativeOrder());
    if (length >= HEADER && request.getInt(0) == 0) {
      request.putInt(0, length).putShort(36, (short) 0);
      request.putInt(4, request.getInt(4) & 63);
    }
    int reply = dispatcher.perform(length);
    if (failed) {
      throw new AssertionError(failure);
    }
    if (reply != 0) {
      check(ByteBuffer.wrap(dispatcher.reply()).order(ByteOrder.nativeOrder()), reply, request);
    }
  }

  private static void check(ByteBuffer reply, int length, ByteBuffer request) {
    int error = reply.getInt(4);
    require(reply.getInt(0) == length, "the length in the head of the reply");
    require(reply.getLong(8) == request.getLong(8), "the number of the request in the reply");
    require(error <= 0 && error > -512, "the error number");
    require(error == 0 || length == 16, "a reply that is an error has nothing else");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static final FuseNotifier NOBODY =
      new FuseNotifier() {
        @Override
        public void invalidateInode(long node, long offset, long length) {}

        @Override
        public void invalidateEntry(long parent, byte[] name) {}
      };

  private final class Noting implements FuseListener {
    @Override
    public void failed(FuseOpcode opcode, Exception reason) {
      failure = reason;
      failed = true;
    }

    @Override
    public void malformed(String what) {}

    @Override
    public void ended(FuseEnd end) {}
  }

  /// Accepts names, ranges and bytes that are possible.
  private static final class Accepting implements FuseOperations {
    private static void name(byte[] name) {
      require(name.length > 0 && name.length <= 255, "the length of a name");
      for (byte each : name) {
        require(each != '/' && each != 0, "a name with a slash or NUL");
      }
    }

    private static void range(FuseRange range) {
      require(range.offset() >= 0 && range.length() >= 0, "a negative range");
      require(range.offset() + range.length() >= 0, "a range that overflows");
    }

    private static FuseEntry entry() {
      return FuseEntry.absent(FuseLifetimes.NONE);
    }

    @Override
    public FuseEntry lookup(FuseRequest request, byte[] name) {
      name(name);
      return entry();
    }

    @Override
    public FuseEntry symbolicLink(FuseRequest request, byte[] name, byte[] target) {
      name(name);
      require(target.length > 0 && target.length < 4096, "the length of a target");
      return entry();
    }

    @Override
    public FuseEntry makeNode(FuseRequest request, byte[] name, FuseCreation creation) {
      name(name);
      return entry();
    }

    @Override
    public FuseEntry makeDirectory(FuseRequest request, byte[] name, FuseCreation creation) {
      name(name);
      return entry();
    }

    @Override
    public void rename(
        FuseRequest request, byte[] name, long newParent, byte[] newName, int flags) {
      name(name);
      name(newName);
    }

    @Override
    public FuseEntry link(FuseRequest request, byte[] name, long target) {
      name(name);
      return entry();
    }

    @Override
    public void unlink(FuseRequest request, byte[] name) {
      name(name);
    }

    @Override
    public int read(FuseRequest request, FuseRead read) {
      range(read.range());
      for (var i = 0; i < read.length(); i++) {
        read.into()[read.start() + i] = 1;
      }
      return read.length();
    }

    @Override
    public void write(FuseRequest request, FuseWrite write) {
      range(write.range());
      require(write.start() + write.length() <= write.bytes().length, "bytes beyond the end");
    }

    @Override
    public void readDirectory(FuseRequest request, long handle, long from, FuseDirectory entries) {
      long next = 1;
      while (entries.add(new byte[] {'a'}, 1, 0x8000, next)) {
        next++;
      }
    }

    @Override
    public void allocate(FuseRequest request, FuseRange range, int mode) {
      range(range);
    }

    @Override
    public long seek(FuseRequest request, long offset, int whence) {
      require(offset >= 0, "a negative offset");
      return offset;
    }

    @Override
    public long copyRange(FuseRequest request, FuseRange range, long target, long to) {
      range(range);
      require(to >= 0 && to + range.length() >= 0, "a range that overflows");
      return range.length();
    }

    @Override
    public void setAttribute(FuseRequest request, byte[] name, byte[] value, int flags) {
      require(name.length > 0 && name.length <= 255, "the length of a name");
    }

    @Override
    public byte[] attribute(FuseRequest request, byte[] name) {
      return name;
    }

    @Override
    public List<byte[]> attributes(FuseRequest request) {
      return List.of(new byte[] {'a'}, new byte[] {'b'});
    }
  }
}
