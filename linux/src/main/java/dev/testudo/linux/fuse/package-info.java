/// A FUSE server without libfuse: the device `/dev/fuse`, the mount, the structures of
/// `linux/fuse.h`, and the loop that reads requests and writes replies (fuse(4)).
///
/// - [FuseDevice] is a connection to the kernel, [FuseMount] attaches it to a directory.
/// - [FuseServer] serves requests on platform threads. It gives each one to [FuseOperations].
/// - [Dispatcher] checks and decodes requests and encodes replies. It knows no device, so another
///   [FuseTransport] can use it.
///
/// The process that serves a mount must not touch a path below it from Java code. A page fault in a
/// mapped file of the mount stops a Java thread where the JVM cannot wait for it, so the next
/// garbage collection would wait for a thread that waits for the server.
package dev.testudo.linux.fuse;
