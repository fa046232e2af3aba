package dev.testudo.cas.collateral;

import dev.testudo.trust.collateral.service.ServiceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How CAS keeps documents.
///
/// @param folder where they are; other processes may add some, such as `testudo attest collateral`
/// @param services who is asked for new ones; absent if nobody is
/// @param look how often the folder and the dates are looked at
/// @param patience how long a request waits for a document that is missing
public record KeeperSettings(
    Path folder, Optional<ServiceSettings> services, Duration look, Duration patience) {
  /// Returns usual settings for a folder.
  public static KeeperSettings of(Path folder, Optional<ServiceSettings> services) {
    return new KeeperSettings(folder, services, Duration.ofSeconds(30), Duration.ofSeconds(5));
  }
}
