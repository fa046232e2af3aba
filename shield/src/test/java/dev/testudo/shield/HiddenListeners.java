package dev.testudo.shield;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Finds the real listening addresses of a program's IPv4 sockets.
final class HiddenListeners {
  private static final String LISTEN = "0A";

  private HiddenListeners() {}

  static List<InetSocketAddress> of(long pid) throws IOException {
    var links = new ArrayList<String>();
    try (var folder = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (var link : folder) {
        links.add(Files.readSymbolicLink(link).toString());
      }
    }
    var found = new ArrayList<InetSocketAddress>();
    for (var line : Files.readAllLines(Path.of("/proc/net/tcp"))) {
      var fields = line.trim().split("\\s+");
      if (fields[3].equals(LISTEN) && links.contains("socket:[" + fields[9] + "]")) {
        found.add(address(fields[1]));
      }
    }
    return found;
  }

  /// `0100007F:1F90`: the address in the machine's byte order.
  private static InetSocketAddress address(String text) throws IOException {
    var bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      bytes[3 - i] = (byte) Integer.parseInt(text.substring(2 * i, 2 * i + 2), 16);
    }
    int port = Integer.parseInt(text.substring(9), 16);
    return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
  }
}
