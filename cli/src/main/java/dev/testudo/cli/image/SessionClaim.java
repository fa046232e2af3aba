package dev.testudo.cli.image;

import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Whether a session permits a confidential image.
///
/// @param file the file with the session
/// @param image the image
/// @param verdicts the services that are asked for, at least one
public record SessionClaim(Path file, CheckedImage image, List<MeasurementVerdict> verdicts) {
  /// Copies the list.
  public SessionClaim {
    verdicts = List.copyOf(verdicts);
  }

  /// Decides for each service as CAS does, see [MeasurementVerdict#of].
  public static SessionClaim of(
      Path file, Session session, List<Service> services, CheckedImage image) {
    var verdicts = new ArrayList<MeasurementVerdict>();
    for (var service : services) {
      verdicts.add(MeasurementVerdict.of(session, service, image.measured().measurement()));
    }
    return new SessionClaim(file, image, verdicts);
  }

  /// Returns true if one of the services permits the image.
  public boolean holds() {
    return verdicts.stream().anyMatch(MeasurementVerdict::permits);
  }

  /// Returns why the claim does not hold.
  public String refusal() {
    var measurement = image.measured().measurement().hex();
    return verdicts.size() == 1
        ? "%s: the service `%s` does not permit the measurement %s"
            .formatted(file, verdicts.getFirst().service(), measurement)
        : "%s: no service permits the measurement %s".formatted(file, measurement);
  }

  /// Returns the lines about the image and the services.
  public List<String> lines() {
    var lines = new ArrayList<>(image.lines());
    verdicts.forEach(verdict -> lines.addAll(verdict.lines()));
    return lines;
  }
}
