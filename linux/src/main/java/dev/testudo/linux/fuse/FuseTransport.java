package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.ErrnoException;

/// How one thread gets requests and sends replies. There is one implementation, which reads and
/// writes the device; FUSE over io_uring would be another.
interface FuseTransport extends AutoCloseable {
  /// Waits for a request and puts it into `request`, which has room for the longest one.
  ///
  /// @return its length, or -1 if there will be no more; [#end] says why
  int receive(byte[] request) throws ErrnoException;

  /// Sends the first `length` bytes of `reply`.
  ///
  /// @return false if the kernel does not wait for it any more
  boolean send(byte[] reply, int length) throws ErrnoException;

  /// Makes [#receive] return -1, now and whenever it is called again. It returns when no thread
  /// waits for a request any more, or after some seconds. Any thread but the one that receives.
  void stop();

  /// Returns why there are no more requests.
  FuseEnd end();

  /// Frees the memory. The device stays open.
  @Override
  void close();
}
