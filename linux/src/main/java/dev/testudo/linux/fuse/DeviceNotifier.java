package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Files;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Writes notifications to a device (`enum fuse_notify_code`).
final class DeviceNotifier implements FuseNotifier {
  private static final int INVAL_INODE = 2;
  private static final int INVAL_ENTRY = 3;
  private static final int ROOM = 512;

  private final FuseDevice device;

  DeviceNotifier(FuseDevice device) {
    this.device = device;
  }

  @Override
  public void invalidateInode(long node, long offset, long length) throws ErrnoException {
    var message = new ReplyWriter(ROOM).begin();
    message.longNumber(node).longNumber(offset).longNumber(length);
    send(message, INVAL_INODE);
  }

  @Override
  public void invalidateEntry(long parent, byte[] name) throws ErrnoException {
    if (name.length == 0 || name.length > RequestReader.NAME_MAX) {
      throw new IllegalArgumentException("not a name");
    }
    var message = new ReplyWriter(ROOM).begin();
    message.longNumber(parent).number(name.length).number(0).bytes(name).zeros(1);
    send(message, INVAL_ENTRY);
  }

  /// Sends a message. If the kernel does not know the file, there is nothing to discard.
  private void send(ReplyWriter message, int code) throws ErrnoException {
    int length = message.notification(code);
    try (var arena = Arena.ofConfined()) {
      var copy = arena.allocate(length);
      copy.copyFrom(MemorySegment.ofArray(message.array()).asSlice(0, length));
      Files.write(device.fd(), copy);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }
}
