package dev.testudo.cli.up;

import dev.testudo.cli.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What each service presents to CAS besides its evidence. Software evidence can be forged by any
/// process on the machine; the token is known to `up` and its agents only. Kept between runs,
/// because it is part of the session.
final class AccessTokens {
  private static final int BYTES = 32;

  private AccessTokens() {}

  /// The token of each service; new ones where there were none.
  static Map<String, String> of(StateDirectory state, List<String> services, SecureRandom random)
      throws IOException {
    var tokens = new LinkedHashMap<String, String>();
    for (var service : services) {
      tokens.put(service, token(state, service, random));
    }
    return tokens;
  }

  private static String token(StateDirectory state, String service, SecureRandom random)
      throws IOException {
    var file = state.token(service);
    if (Files.isRegularFile(file)) {
      var kept = Files.readString(file);
      if (kept.matches("[0-9a-f]{64}")) {
        return kept;
      }
    }
    var bytes = new byte[BYTES];
    random.nextBytes(bytes);
    var token = HexFormat.of().formatHex(bytes);
    PrivateFiles.replace(file, token);
    return token;
  }
}
