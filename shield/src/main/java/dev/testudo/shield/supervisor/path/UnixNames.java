package dev.testudo.shield.supervisor.path;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.UnixPath;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// By what name the program knows a Unix socket that the kernel knows by another.
public final class UnixNames {
  private static final int MOST = 1024;

  /// Name in the kernel of a socket the program bound or is connected to, to the bytes the program
  /// named it by. Those used last stay.
  private final Map<String, byte[]> names =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
          return size() > MOST;
        }
      };

  /// The program names by `raw` what the kernel knows by `path`.
  public void put(String path, byte[] raw) {
    names.put(path, raw);
  }

  /// The name by which the program knows a socket that the kernel knows by `raw`.
  public Optional<byte[]> shown(byte[] raw) {
    return SocketAddress.decode(raw) instanceof UnixPath(var path)
        ? Optional.ofNullable(names.get(path))
        : Optional.empty();
  }
}
