package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.policy.deployment.PlannedService;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.JoinTokenStatus;
import dev.testudo.trust.channel.NewJoinToken;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The join tokens of a mesh, in one file for each service, which the platform hands to
/// the service's agent.
///
/// @param folder the directory of the files
/// @param out for a line about each token
record MeshTokens(CasClient client, Path folder, PrintStream out) {
  private record Old(ServiceId service, List<JoinTokenStatus> tokens) {}

  /// Creates a new token for each service. The old ones are revoked once every new one is in its
  /// file: until then, services that start may still use them.
  void rotate(List<PlannedService> services, JoinTokenOrder order)
      throws IOException, CommandFailed {
    PrivateFiles.directory(folder);
    var before = new ArrayList<Old>();
    for (var service : services) {
      var id = ServiceId.parse(service.configId()).orElseThrow();
      before.add(new Old(id, client.joinTokens(id)));
      try (var token = client.createJoinToken(id, order)) {
        var file = folder.resolve(service.name() + ".token");
        write(token, file);
        out.println(
            "token of %s in %s: %s, until %s"
                .formatted(id, file, uses(order.uses()), token.expires()));
      }
    }
    for (var old : before) {
      client.revokeJoinTokens(old.service(), old.tokens());
    }
  }

  /// Returns a number of uses as text.
  static String uses(int count) {
    return count == 1 ? "1 use" : count + " uses";
  }

  /// Writes the token as one line to a file that only its owner can read.
  static void write(NewJoinToken token, Path file) throws IOException {
    try {
      var _ =
          token
              .value()
              .reveal(
                  bytes -> {
                    try {
                      PrivateFiles.replace(file, bytes);
                      return file;
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
