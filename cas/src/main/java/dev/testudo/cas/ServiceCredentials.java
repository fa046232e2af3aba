package dev.testudo.cas;

import dev.testudo.cas.Usage.Misuse;
import dev.testudo.cas.Usage.Unusable;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The directory of secret files that the service manager gives to this process alone: systemd as
/// the credentials of a unit (systemd.exec(5)), or the kubelet as a volume of Secrets.
///
/// @param directory its path; empty if there is none
record ServiceCredentials(String directory) {
  /// The variable that names the directory.
  private static final String VARIABLE = "CREDENTIALS_DIRECTORY";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");

  /// Returns what the environment of the process says.
  static ServiceCredentials of(Map<String, String> environment) {
    return new ServiceCredentials(environment.getOrDefault(VARIABLE, ""));
  }

  /// Parses the name of a credential, which is the value of `option`, and returns its file.
  Path file(String option, Iterator<String> rest) throws Unusable {
    var name = Usage.value(option, rest, "the name of a credential", ServiceCredentials::name);
    if (directory.isEmpty()) {
      throw new Unusable(
          Misuse.MISSING_OPTION,
          "`%s` needs a unit with `LoadCredential=` or `LoadCredentialEncrypted=`, or a pod that sets %s"
              .formatted(option, VARIABLE));
    }
    return Path.of(directory, name);
  }

  private static Optional<String> name(String text) {
    return NAME.matcher(text).matches() ? Optional.of(text) : Optional.empty();
  }
}
