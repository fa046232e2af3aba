package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.Errno;
import java.io.IOException;

/// Requests about names in directories: decodes each one, performs it, and encodes the answer.
final class NameRequests {
  private final FuseOperations operations;
  private final RequestReader in;
  private final ReplyWriter out;

  NameRequests(FuseOperations operations, RequestReader in, ReplyWriter out) {
    this.operations = operations;
    this.in = in;
    this.out = out;
  }

  void lookup(FuseRequest head) throws IOException, MalformedRequest {
    byte[] name = in.name();
    in.end();
    out.entry(operations.lookup(head, name));
  }

  /// `struct fuse_forget_in`. Has no answer.
  void forget(FuseRequest head) throws IOException, MalformedRequest {
    long lookups = in.longNumber();
    in.end();
    operations.forget(head.node(), lookups);
  }

  /// `struct fuse_batch_forget_in`, with one `struct fuse_forget_one` per node. Has no answer.
  void forgetSeveral() throws IOException, MalformedRequest {
    int count = in.number();
    in.skip(Integer.BYTES);
    if (count < 0 || in.remaining() != count * 16L) {
      throw new MalformedRequest("wrong number of nodes", Errno.EINVAL);
    }
    for (var i = 0; i < count; i++) {
      long node = in.longNumber();
      operations.forget(node, in.longNumber());
    }
  }

  void symbolicLink(FuseRequest head) throws IOException, MalformedRequest {
    byte[] name = in.name();
    byte[] target = in.target();
    in.end();
    out.entry(operations.symbolicLink(head, name, target));
  }

  /// `struct fuse_mknod_in`.
  void makeNode(FuseRequest head) throws IOException, MalformedRequest {
    int mode = in.number();
    int device = in.number();
    in.skip(2 * Integer.BYTES); // umask, padding
    byte[] name = in.name();
    in.end();
    out.entry(operations.makeNode(head, name, new FuseCreation(mode, device, 0)));
  }

  /// `struct fuse_mkdir_in`.
  void makeDirectory(FuseRequest head) throws IOException, MalformedRequest {
    int mode = in.number();
    in.skip(Integer.BYTES); // umask
    byte[] name = in.name();
    in.end();
    out.entry(operations.makeDirectory(head, name, new FuseCreation(mode, 0, 0)));
  }

  void unlink(FuseRequest head) throws IOException, MalformedRequest {
    byte[] name = in.name();
    in.end();
    operations.unlink(head, name);
  }

  void removeDirectory(FuseRequest head) throws IOException, MalformedRequest {
    byte[] name = in.name();
    in.end();
    operations.removeDirectory(head, name);
  }

  /// `struct fuse_rename_in`.
  void rename(FuseRequest head) throws IOException, MalformedRequest {
    rename(head, in.longNumber(), 0);
  }

  /// `struct fuse_rename2_in`.
  void renameWithFlags(FuseRequest head) throws IOException, MalformedRequest {
    long newParent = in.longNumber();
    int flags = in.number();
    in.skip(Integer.BYTES);
    rename(head, newParent, flags);
  }

  private void rename(FuseRequest head, long newParent, int flags)
      throws IOException, MalformedRequest {
    byte[] name = in.name();
    byte[] newName = in.name();
    in.end();
    operations.rename(head, name, newParent, newName, flags);
  }

  /// `struct fuse_link_in`.
  void link(FuseRequest head) throws IOException, MalformedRequest {
    long target = in.longNumber();
    byte[] name = in.name();
    in.end();
    out.entry(operations.link(head, name, target));
  }

  /// `struct fuse_create_in`.
  void create(FuseRequest head) throws IOException, MalformedRequest {
    var creation = creation();
    byte[] name = in.name();
    in.end();
    created(operations.create(head, name, creation));
  }

  /// As [#create]; the name that follows is not one.
  void createUnnamed(FuseRequest head) throws IOException, MalformedRequest {
    var creation = creation();
    in.skipRest();
    created(operations.createUnnamed(head, creation));
  }

  private FuseCreation creation() throws MalformedRequest {
    int flags = in.number();
    int mode = in.number();
    in.skip(2 * Integer.BYTES); // umask, open_flags
    return new FuseCreation(mode, 0, flags);
  }

  private void created(FuseCreated created) {
    out.entry(created.entry());
    out.opened(created.opened());
  }

  /// `struct fuse_read_in`.
  void readDirectory(FuseRequest head, boolean plus) throws IOException, MalformedRequest {
    long handle = in.longNumber();
    long from = in.longNumber();
    int size = in.number();
    in.skip(20); // read_flags, lock_owner, flags, padding
    in.end();
    if (size < 0) {
      throw new MalformedRequest("too large", Errno.EINVAL);
    }
    var entries = new DirectoryReply(out, Math.min(size, out.room()), plus);
    if (plus) {
      operations.readDirectoryPlus(head, handle, from, entries);
    } else {
      operations.readDirectory(head, handle, from, entries);
    }
  }
}
