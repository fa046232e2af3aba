package dev.testudo.policy.shield;

import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.Optional;

/// The address at which a program accepts connections.
public sealed interface Listen {
  /// Parses `TCP:<port>` or `unix:<path>` and reports what is wrong with it.
  static Optional<Listen> parse(Text text, Problems problems) {
    return new Endpoints(problems).listen(text);
  }

  /// A TCP port on any address.
  record Tcp(int port) implements Listen {
    @Override
    public String toString() {
      return "TCP:" + port;
    }
  }

  /// A Unix stream socket with exactly this path.
  record UnixPath(String path) implements Listen {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }
}
