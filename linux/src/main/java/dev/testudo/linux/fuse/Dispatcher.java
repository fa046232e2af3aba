package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.Errno;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Turns requests into calls of [FuseOperations] and their results into replies. Checks everything
/// that a request says about itself. For use by one thread, except [#interruptIfAt].
final class Dispatcher {
  /// Room for the largest extended attribute.
  private static final int LEAST_ROOM = 64 << 10;

  /// Room for the structures of a request beside its bytes, and for its names.
  private static final int STRUCTURES = 8192;

  private final FuseOperations operations;
  private final FuseSettings settings;
  private final ServerState state;
  private final RequestReader in;
  private final ReplyWriter out;
  private final NameRequests names;
  private final FileRequests files;
  private final AttributeRequests attributes;

  /// The request that is performed now.
  private volatile @Nullable FuseRequest current;

  Dispatcher(FuseOperations operations, FuseSettings settings, ServerState state) {
    this.operations = operations;
    this.settings = settings;
    this.state = state;
    this.in = new RequestReader(new byte[requestSize(settings)]);
    this.out = new ReplyWriter(Math.max(settings.transfer(), LEAST_ROOM));
    this.names = new NameRequests(operations, in, out);
    this.files = new FileRequests(operations, in, out, settings.transfer());
    this.attributes = new AttributeRequests(operations, in, out);
    state.add(this);
  }

  /// Returns the length of the longest request.
  static int requestSize(FuseSettings settings) {
    return Math.max(settings.transfer(), LEAST_ROOM) + STRUCTURES;
  }

  /// Returns the array into which the transport puts the next request.
  byte[] request() {
    return in.array();
  }

  /// Returns the array from which the transport sends the reply.
  byte[] reply() {
    return out.array();
  }

  /// Performs the request in [#request].
  ///
  /// @param length of the request in bytes
  /// @return the length of the reply in bytes, or 0 for none
  int perform(int length) {
    state.request();
    if (length < RequestReader.HEADER) {
      state.malformed("a request of %d bytes".formatted(length));
      return 0;
    }
    int number = in.begin(length);
    long unique = in.unique();
    var opcode = FuseOpcode.of(number);
    if (opcode.isEmpty()) {
      return out.error(unique, Errno.ENOSYS);
    }
    out.begin();
    int errno = answer(opcode.get());
    if (opcode.get().isSilent()) {
      return 0;
    }
    return errno == 0 ? out.end(unique) : out.error(unique, errno);
  }

  /// Returns 0 or the error number.
  private int answer(FuseOpcode opcode) {
    try {
      in.checkHead();
      var head = in.head();
      current = head;
      if (!opcode.isSilent() && opcode != FuseOpcode.INIT && opcode != FuseOpcode.DESTROY) {
        operations.admit(opcode, head);
      }
      answer(opcode, head);
      return 0;
    } catch (MalformedRequest e) {
      state.malformed(opcode + ": " + e.getMessage());
      return e.errno();
    } catch (FuseError e) {
      return e.errno();
    } catch (IOException | RuntimeException e) {
      state.failed(opcode, e);
      return Errno.EIO;
    } finally {
      current = null;
    }
  }

  private void answer(FuseOpcode opcode, FuseRequest head) throws IOException, MalformedRequest {
    switch (opcode) {
      case INIT -> Negotiation.answer(in, out, settings).ifPresent(this::begin);
      case DESTROY -> operations.destroy();
      case INTERRUPT -> interrupt();
      case NOTIFY_REPLY -> in.skipRest();
      case LOOKUP -> names.lookup(head);
      case FORGET -> names.forget(head);
      case BATCH_FORGET -> names.forgetSeveral();
      case SYMLINK -> names.symbolicLink(head);
      case MKNOD -> names.makeNode(head);
      case MKDIR -> names.makeDirectory(head);
      case UNLINK -> names.unlink(head);
      case RMDIR -> names.removeDirectory(head);
      case RENAME -> names.rename(head);
      case RENAME2 -> names.renameWithFlags(head);
      case LINK -> names.link(head);
      case CREATE -> names.create(head);
      case TMPFILE -> names.createUnnamed(head);
      case READDIR -> names.readDirectory(head, false);
      case READDIRPLUS -> names.readDirectory(head, true);
      case OPEN -> files.open(head, false);
      case OPENDIR -> files.open(head, true);
      case READ -> files.read(head);
      case WRITE -> files.write(head);
      case FLUSH -> files.flush(head);
      case RELEASE -> files.release(head, false);
      case RELEASEDIR -> files.release(head, true);
      case FSYNC -> files.synchronize(head, false);
      case FSYNCDIR -> files.synchronize(head, true);
      case SYNCFS -> files.synchronizeAll(head);
      case FALLOCATE -> files.allocate(head);
      case LSEEK -> files.seek(head);
      case COPY_FILE_RANGE -> files.copyRange(head, false);
      case COPY_FILE_RANGE_64 -> files.copyRange(head, true);
      case GETATTR -> attributes.status(head);
      case STATX -> attributes.extendedStatus(head);
      case SETATTR -> attributes.change(head);
      case READLINK -> attributes.readLink(head);
      case STATFS -> attributes.space(head);
      case ACCESS -> attributes.access(head);
      case SETXATTR -> attributes.setAttribute(head);
      case GETXATTR -> attributes.attribute(head);
      case LISTXATTR -> attributes.attributes(head);
      case REMOVEXATTR -> attributes.removeAttribute(head);
      // Locks are the kernel's. The others concern devices and memory windows.
      case GETLK, SETLK, SETLKW, BMAP, IOCTL, POLL, SETUPMAPPING, REMOVEMAPPING ->
          throw new FuseError(Errno.ENOSYS);
    }
  }

  private void begin(FuseAgreement agreement) {
    state.agreed(agreement);
    operations.begin(agreement, state.notifier());
  }

  /// `struct fuse_interrupt_in`. If the request has been answered meanwhile, nothing happens.
  private void interrupt() throws MalformedRequest {
    long unique = in.longNumber();
    in.end();
    state.interrupt(unique);
  }

  /// Marks the request that is performed now as interrupted if it is the one with this number.
  void interruptIfAt(long unique) {
    var request = current;
    if (request != null && request.unique() == unique) {
      request.interrupt();
    }
  }
}
