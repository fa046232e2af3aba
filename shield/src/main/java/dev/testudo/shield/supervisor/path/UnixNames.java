package dev.testudo.shield.supervisor.path;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.UnixPath;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Maps the kernel's names of Unix sockets to the names that the program uses.
public final class UnixNames {
  private static final int MOST = 1024;

  /// The kernel's name of a socket that the program bound or is connected to, mapped to the bytes
  /// of the program's name. The most recently used entries stay.
  private final Map<String, byte[]> names =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
          return size() > MOST;
        }
      };

  /// Records that the program's name for `path` is `raw`.
  public void put(String path, byte[] raw) {
    names.put(path, raw);
  }

  /// Returns the program's name for a socket that the kernel names `raw`.
  public Optional<byte[]> shown(byte[] raw) {
    return SocketAddress.decode(raw) instanceof UnixPath(var path)
        ? Optional.ofNullable(names.get(path))
        : Optional.empty();
  }
}
