package dev.testudo.linux.fuse;

/// The head of a request (`struct fuse_in_header`): on which file, and for whom.
///
/// The ids are those of the user and PID namespaces of whoever mounted. They are 0 where the kernel
/// acts for itself, for example when it writes back its cache.
public final class FuseRequest {
  private final long unique;
  private final long node;
  private final int uid;
  private final int gid;
  private final int pid;
  private volatile boolean interrupted;

  FuseRequest(long unique, long node, int uid, int gid, int pid) {
    this.unique = unique;
    this.node = node;
    this.uid = uid;
    this.gid = gid;
    this.pid = pid;
  }

  /// Creates a request on a file that comes from no device.
  public static FuseRequest of(long node, FuseOwnership caller, int pid) {
    return new FuseRequest(0, node, caller.uid(), caller.gid(), pid);
  }

  /// Returns the file that the request is about, or the directory that contains the name.
  public long node() {
    return node;
  }

  /// Returns the user id of the caller, for checks of permissions.
  public int uid() {
    return uid;
  }

  /// Returns the group id of the caller, for checks of permissions.
  public int gid() {
    return gid;
  }

  /// Returns the thread of the caller, or 0 if the server cannot see it.
  public int pid() {
    return pid;
  }

  /// Returns whether the caller got a signal. An operation that takes long may then end with EINTR.
  public boolean isInterrupted() {
    return interrupted;
  }

  long unique() {
    return unique;
  }

  void interrupt() {
    interrupted = true;
  }
}
